import { EngineError } from '../../engine/base/engine-error.ts';
import { hostileName } from '../fake/container-records.ts';
import { emulatedProcess, handlerRecord, selfTestRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

const unreachable = () =>
  new EngineError({ code: 'ssh_failed', message: 'The VM does not answer.', hint: 'Look at its console.' });

test.describe('switching on', () => {
  test('shows the way there and the proof', async ({ openWith }) => {
    const { engine, window } = await openWith('running');
    await window.goTo('Emulation');
    const release = engine.hold('switchOn');
    await expect(window.emulation.toggle('arm64')).not.toBeChecked();
    await window.emulation.toggle('arm64').click();
    await expect(window.emulation.summary('arm64')).toContainText('downloading 4.2 of 6.0 MB');
    await expect(window.emulation.toggle('arm64')).toHaveAttribute('aria-busy', 'true');
    // What is under way is not asked again.
    await window.emulation.toggle('arm64').click();
    release();
    await expect(window.emulation.row('arm64')).toContainText('On, proved just now in 96 ms');
    await expect(window.emulation.row('arm64')).toContainText('qemu-aarch64 10.0.13');
    await window.emulation.unfold('arm64');
    await expect(window.emulation.row('arm64').getByRole('button', { name: 'Flags POCF' })).toBeVisible();
    await expect(window.emulation.row('arm64')).toContainText('6.8 s');
    expect(engine.asked).toEqual(['switchOn service arm64']);
  });

  test('keeps the reason of a failure in the row, and only there', async ({ openWith }) => {
    const { engine, window } = await openWith('running');
    await window.goTo('Emulation');
    const message = 'Cannot fetch qemu-user for riscv64: the mirror does not answer.';
    engine.failNext(
      'switchOn',
      new EngineError({ code: 'mirror_unreachable', message, hint: 'Check the network.' }),
    );
    await window.emulation.toggle('riscv64').click();
    await expect(window.emulation.row('riscv64')).toContainText(message);
    await expect(window.emulation.row('riscv64')).toContainText('Check the network.');
    await expect(window.emulation.summary('riscv64')).toContainText('Failed');
    await expect(window.toast(message)).toHaveCount(0);
    await window.emulation
      .row('riscv64')
      .getByRole('button', { name: 'Try again to switch riscv64 on' })
      .click();
    await expect(window.emulation.summary('riscv64')).toHaveText('On, proved');
    await expect(window.emulation.row('riscv64')).not.toContainText(message);
  });

  test('works by keyboard', async ({ openWith, page }) => {
    const { engine, window } = await openWith('running');
    await window.goTo('Emulation');
    await window.emulation.toggle('arm64').focus();
    await page.keyboard.press('Space');
    await expect(window.emulation.toggle('arm64')).toBeChecked();
    expect(engine.asked).toEqual(['switchOn service arm64']);
  });

  test('has nothing to do for native architectures', async ({ openWith }) => {
    const { window } = await openWith('running');
    await window.goTo('Emulation');
    await expect(window.emulation.row('amd64')).toContainText('runs on the processor itself');
    await expect(window.emulation.toggle('amd64')).toHaveCount(0);
  });

  test('cannot be done while the VM is down, and says so', async ({ openWith }) => {
    const { window } = await openWith('stopped');
    await window.goTo('Emulation');
    await expect(window.page.getByRole('main')).toContainText('The VM is not running.');
    await expect(window.emulation.toggle('arm64')).toBeDisabled();
    await expect(window.page.getByRole('button', { name: 'Switch all on' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });
});

test.describe('the proof', () => {
  test('says what fails in plain words, rung by rung', async ({ openWith }) => {
    const { window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.summary('arm/v7')).toHaveText('On, but not everything works');
    await expect(window.emulation.row('arm/v7')).toContainText('sudo inside will fail: no C');
    await expect(window.emulation.row('arm64')).toContainText('strace and gdb will not work: ptrace');
    await expect(window.emulation.row('arm64')).toContainText('2 more limits');
    await window.emulation.unfold('arm/v7');
    await expect(window.emulation.ladder('arm/v7')).toContainText('eBPF tools will not work: bpf');
    const rungs = window.emulation.ladder('arm/v7').getByRole('listitem');
    await expect(rungs).toHaveCount(10);
    await expect(rungs.first()).toContainText('Registered as it should be');
    await expect(rungs.last()).toContainText('docker run');
    const failed = rungs.filter({ has: window.page.getByRole('img', { name: 'failed' }) });
    await expect(failed).toHaveCount(1);
    await expect(failed).toContainText('setuid programs get their rights');
    await expect(failed).toContainText('13 ms');
  });

  test('is not complete before busybox and docker run have followed', async ({ openWith }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.summary('ppc64le')).toHaveText('On, the self-test goes on');
    await window.emulation.unfold('ppc64le');
    const rungs = window.emulation.ladder('ppc64le').getByRole('listitem');
    await expect(rungs.last()).toContainText('follows when Docker answers');
    const proved = handlerRecord('ppc64le', 'on', { lastTest: selfTestRecord({ at: Date.now() }) });
    engine.commit({ in: 'handlers', key: 'service/ppc64le', value: proved });
    await expect(window.emulation.summary('ppc64le')).toHaveText('On, proved');
    await expect(rungs.last()).toContainText('6.4 s');
  });

  test('of an earlier run of the VM does not count', async ({ openWith }) => {
    const { window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.summary('mips64le')).toHaveText('On, not tested since the VM’s start');
  });

  test('can be asked for again', async ({ openWith }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    const release = engine.hold('testHandler');
    const button = window.emulation.row('arm/v7').getByRole('button', { name: 'Test arm/v7' });
    await button.click();
    await expect(button).toHaveAttribute('aria-busy', 'true');
    release();
    await expect(window.emulation.row('arm/v7')).toContainText('On, proved just now in 96 ms');
    expect(engine.asked).toEqual(['testHandler service arm/v7']);
  });

  test('shows instruction set and missing system calls', async ({ openWith }) => {
    const state = scenario('running');
    const lastTest = selfTestRecord({ isaLevel: 'x86-64-v3', missingSyscalls: ['ptrace', 'bpf'] });
    state.handlers['service/arm64'] = handlerRecord('arm64', 'on', { lastTest });
    const { window } = await openWith(state);
    await window.goTo('Emulation');
    await window.emulation.unfold('arm64');
    await expect(window.emulation.row('arm64')).toContainText('x86-64-v3');
    await expect(window.emulation.row('arm64')).toContainText('ptrace, bpf');
  });
});

test.describe('switching off', () => {
  test('says first what runs under it and what breaks', async ({ openWith }) => {
    const { engine, window } = await openWith('full');
    await window.goTo('Emulation');
    await window.emulation.toggle('arm64').click();
    const { dialog } = window.emulation;
    await expect(dialog).toContainText('2 running containers use it now.');
    await expect(dialog.getByRole('list', { name: 'What it breaks' })).toContainText('exec format error');
    const users = dialog.getByRole('list', { name: 'What uses it' });
    await expect(users).toContainText('api-arm');
    await expect(users).toContainText('1204');
    await expect(users).toContainText('node server.js');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(window.emulation.toggle('arm64')).toBeChecked();
    expect(engine.asked).toEqual(['handlerUse service arm64']);
    await window.emulation.switchOff('arm64');
    await expect(window.emulation.toggle('arm64')).not.toBeChecked();
    expect(engine.asked.at(-1)).toBe('switchOff service arm64');
  });

  test('asks nothing when nothing uses it', async ({ openWith }) => {
    const state = scenario('running');
    state.handlers['service/s390x'] = handlerRecord('s390x', 'on');
    const { engine, window } = await openWith(state);
    await window.goTo('Emulation');
    const release = engine.hold('handlerUse');
    await window.emulation.toggle('s390x').click();
    await expect(window.emulation.summary('s390x')).toHaveText('Looking what uses it');
    await expect(window.emulation.toggle('s390x')).toHaveAttribute('aria-busy', 'true');
    release();
    await expect(window.emulation.summary('s390x')).toHaveText('Off');
    await expect(window.emulation.dialog).toHaveCount(0);
    expect(engine.asked).toEqual(['handlerUse service s390x', 'switchOff service s390x']);
  });

  test('counts programs outside of containers, and does not list without end', async ({ openWith }) => {
    const { engine, window } = await openWith('full');
    const programs = [1, 2, 3, 4, 5, 6].map((number) =>
      emulatedProcess(50_000 + number, 1, ['stress', `--job=${number}`]),
    );
    engine.setProcesses(null, programs);
    await window.goTo('Emulation');
    await window.emulation.toggle('arm64').click();
    const { dialog } = window.emulation;
    await expect(dialog).toContainText('2 running containers and 6 other programs use it now.');
    const outside = dialog
      .getByRole('list', { name: 'What uses it' })
      .getByRole('listitem')
      .filter({ hasText: 'Outside of containers' });
    await expect(outside).toContainText('stress --job=1');
    await expect(outside).toContainText('and 2 more');
    await expect(outside).not.toContainText('stress --job=5');
  });

  test('says when it could not look, and leaves the choice', async ({ openWith }) => {
    const { engine, window } = await openWith('full');
    await window.goTo('Emulation');
    engine.failNext('handlerUse', unreachable());
    await window.emulation.toggle('arm64').click();
    const { dialog } = window.emulation;
    await expect(dialog).toContainText('The VM does not answer.');
    await expect(dialog.getByRole('button', { name: 'Switch off anyway' })).toBeVisible();
    await dialog.getByRole('button', { name: 'Look again' }).click();
    await expect(dialog).toContainText('2 running containers use it now.');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(window.emulation.toggle('arm64')).toBeChecked();
  });

  test('shows hostile names and arguments as the text they are', async ({ openWith, page }) => {
    const { engine, window } = await openWith('full');
    const container = Object.values(engine.state.containers).find(({ name }) => name === 'api-arm');
    if (!container) throw new Error('the scenario has api-arm');
    engine.commit({ in: 'containers', key: container.id, value: { ...container, name: hostileName } });
    await window.goTo('Emulation');
    await window.emulation.toggle('arm64').click();
    await expect(window.emulation.dialog).toContainText(hostileName);
    await expect(page).toHaveTitle('Emulation · Foredeck');
  });
});

test.describe('all at once', () => {
  test('switches every architecture on', async ({ openWith, page }) => {
    const { engine, window } = await openWith('running');
    await window.goTo('Emulation');
    const release = engine.hold('switchAll');
    await page.getByRole('button', { name: 'Switch all on' }).click();
    await expect(window.emulation.summary('loong64')).toHaveText('Switching on');
    release();
    for (const arch of ['arm64', 'arm/v7', 'riscv64', 'ppc64le', 's390x', 'mips64le', 'loong64']) {
      await expect(window.emulation.summary(arch)).toHaveText('On, proved');
    }
    expect(engine.asked).toEqual(['switchAll service on']);
  });

  test('switches every architecture off after saying what breaks', async ({ openWith, page }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    await page.getByRole('button', { name: 'Switch all off' }).click();
    const { dialog } = window.emulation;
    await expect(dialog.getByRole('heading', { name: 'Switch off 6 architectures?' })).toBeVisible();
    await expect(dialog).toContainText('3 running containers use them now.');
    await expect(dialog.getByRole('list', { name: 'What uses it' })).toContainText('metrics');
    await dialog.getByRole('button', { name: 'Switch off 6 architectures' }).click();
    await expect(window.emulation.summary('arm64')).toHaveText('Off');
    await expect(window.emulation.summary('s390x')).toHaveText('Off');
    expect(engine.asked.at(-1)).toBe('switchAll service off');
  });
});

test.describe('the price', () => {
  test('is told with its date and version, and measured again', async ({ openWith }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.row('arm64')).toContainText('about 3.1× in loops');
    await window.emulation.unfold('arm64');
    await expect(window.emulation.row('arm64')).toContainText(
      'about 3.1× in loops, 18 ms per exec (native 0.9), measured 2 h ago with 10.0.13',
    );
    const measure = window.page.getByRole('button', { name: 'Measure the price of arm64 again' });
    const release = engine.hold('measurePrice');
    await measure.click();
    await expect(measure).toHaveAttribute('aria-busy', 'true');
    release();
    await expect(window.emulation.row('arm64')).toContainText('about 3.4× in loops');
    await expect(window.emulation.row('arm64')).toContainText('measured just now');
    expect(engine.asked).toEqual(['measurePrice service arm64']);
  });

  test('of another version says so; what is off has none', async ({ openWith }) => {
    const { window } = await openWith('emulation');
    await window.goTo('Emulation');
    await window.emulation.unfold('mips64le');
    await expect(window.emulation.row('mips64le')).toContainText('with 10.0.13, not the version in use');
    await window.emulation.unfold('loong64');
    await expect(window.page.getByRole('button', { name: 'Measure the price of loong64' })).toHaveAttribute(
      'aria-disabled',
      'true',
    );
  });

  test('that could not be measured is a problem to read', async ({ openWith }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    await window.emulation.unfold('arm64');
    engine.failNext('measurePrice', unreachable());
    await window.page.getByRole('button', { name: 'Measure the price of arm64 again' }).click();
    await expect(window.toast('The VM does not answer.')).toBeVisible();
  });
});

test('an engine that knows no architectures yet says so', async ({ openWith }) => {
  const { window } = await openWith({ ...scenario('running'), handlers: {} });
  await window.goTo('Emulation');
  await expect(window.page.getByRole('main')).toContainText('No architectures yet');
});
