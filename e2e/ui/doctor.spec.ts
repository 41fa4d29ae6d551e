import { EngineError } from '../../engine/base/engine-error.ts';
import { noHandlerDiagnosis } from '../fake/diagnosis-records.ts';
import { containerRecord, jobRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

const noHandler = 'arm64 programs do not run in this VM';
const crash = 'The program crashed under emulation (SIGSEGV)';

test('the verdict stands in the row; on its page come cause, evidence, fixes and where it is known from', async ({
  openWith,
}) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  const { containers } = window;
  await expect(containers.row('queue')).toContainText(noHandler);
  await expect(containers.row('web')).not.toContainText('Verdict');
  await containers.open('queue');
  const verdict = containers.verdict(noHandler);
  await expect(verdict).toContainText('nothing in the VM is registered to run arm64 programs');
  await expect(verdict.getByRole('list', { name: 'What this is concluded from' })).toContainText(
    'exec /usr/bin/node: exec format error',
  );
  const source = verdict.getByRole('link', { name: 'Where this is known from' });
  await expect(source).toHaveAttribute('href', 'https://docs.kernel.org/admin-guide/binfmt-misc.html');
  await expect(source).toHaveAttribute('target', '_blank');
  await expect(containers.fix('Switch arm64 on')).toContainText('Registers the emulator and proves it');
});

test('switching on is done at once, and says what came of it', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('queue');
  const release = engine.hold('applyFix');
  const button = window.containers.fix('Switch arm64 on').getByRole('button', { name: 'Switch arm64 on' });
  await button.click();
  await expect(button).toHaveAttribute('aria-busy', 'true');
  await expect(window.page.getByRole('main')).toContainText('Under way: Switch arm64 on');
  // One fix at a time: another one says why it waits.
  const other = window.containers.fix('Run the amd64 variant instead').getByRole('button').first();
  await expect(other).toHaveAttribute('aria-disabled', 'true');
  release();
  await expect(window.page.getByRole('main')).toContainText('queue was started again.');
  await expect(window.page.getByRole('link', { name: 'Show the new container' })).toHaveCount(0);
  await window.containers.back();
  await expect(window.containers.row('queue')).not.toContainText(noHandler);
  expect(engine.asked).toEqual(['applyFix queue switch-on-arm64 keep']);
});

test('running again asks about the data before, and leads to the new container', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('migrate');
  const label = 'Run again with QEMU_RESERVED_VA=0x100000000';
  await expect(window.containers.fix(label)).toContainText('worked before');
  await window.containers.fix(label).getByRole('button', { name: label, exact: true }).click();
  const dialog = window.containers.fixDialog;
  await expect(dialog).toContainText('The old one is stopped and kept under another name');
  await expect(dialog).toContainText('Volumes stay as they are in both cases.');
  await expect(dialog.getByRole('list', { name: 'What is different this time' })).toContainText(
    'QEMU_RESERVED_VA=0x100000000',
  );
  expect(engine.asked).toEqual([]);
  await dialog.getByRole('radio', { name: 'Start fresh' }).click();
  await dialog.getByRole('button', { name: 'Run again' }).click();
  await expect(window.page.getByRole('main')).toContainText('the old one is kept as migrate-before');
  expect(engine.asked).toEqual(['applyFix migrate reserved-va fresh']);
  await window.page.getByRole('link', { name: 'Show the new container' }).click();
  await expect(window.containers.heading('migrate')).toBeVisible();
  await expect(window.page.getByRole('link', { name: 'Show the new container' })).toHaveCount(0);
});

test('Escape starts nothing; data is kept unless a person says otherwise, and asked about only where it can be', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('migrate');
  const { fixDialog } = window.containers;
  const fix = window.containers
    .fix('Run again with QEMU_RESERVED_VA=0x100000000')
    .getByRole('button')
    .first();
  await fix.click();
  await page.keyboard.press('Escape');
  await expect(window.containers.fixDialog).toHaveCount(0);
  await expect(fix).toBeFocused();
  expect(engine.asked).toEqual([]);
  await page.keyboard.press('Enter');
  await expect(fixDialog.getByRole('radio', { name: 'Keep them' })).toBeChecked();
  await page.keyboard.press('Escape');
  await window.containers.fix('Run the amd64 variant instead').getByRole('button').first().click();
  await expect(fixDialog).toContainText('cannot go along: it stays in the old one');
  await expect(fixDialog.getByRole('radio')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await window.containers.fix('Use emulator 11.1 from backports').getByRole('button').first().click();
  await expect(fixDialog).toContainText('migrate itself is started again, with everything in it.');
  await fixDialog.getByRole('button', { name: 'Switch and start again' }).click();
  await expect(window.page.getByRole('main')).toContainText('migrate was started again.');
  expect(engine.asked).toEqual(['applyFix migrate backports fresh']);
});

test('a fix that fetches shows its progress, and survives leaving the page', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('migrate');
  const release = engine.hold('applyFix');
  await window.containers.fix('Run the amd64 variant instead').getByRole('button').first().click();
  await window.containers.fixDialog.getByRole('button', { name: 'Pull and run' }).click();
  const job = jobRecord({ id: 'pull-9', kind: 'docker-image', title: 'Image ghcr.io/acme/api:2.4.1' });
  engine.commit({ in: 'jobs', key: job.id, value: job });
  const progress = window.page.getByRole('progressbar', { name: 'Image ghcr.io/acme/api:2.4.1' });
  await expect(progress).toHaveAttribute('aria-valuenow', '37');
  await window.containers.back();
  await expect(progress).toHaveCount(0);
  await window.containers.open('migrate');
  await expect(progress).toBeVisible();
  release();
  await expect(window.page.getByRole('main')).toContainText('migrate runs again');
});

test('a fix that fails says why beside it, and can be pressed again', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('queue');
  const message = 'Cannot switch arm64 on: the mirror does not answer.';
  engine.failNext('applyFix', new EngineError({ code: 'mirror_unreachable', message, hint: 'Try later.' }));
  const button = window.containers.fix('Switch arm64 on').getByRole('button', { name: 'Switch arm64 on' });
  await button.click();
  const problem = window.page.getByRole('main').getByRole('region', { name: 'Problem' });
  await expect(problem).toContainText(message);
  await expect(window.toast(message)).toHaveCount(0);
  await button.click();
  await expect(window.page.getByRole('main')).toContainText('queue was started again.');
  await expect(problem).toHaveCount(0);
});

test('a fix that is not possible now says why, and does nothing', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('migrate');
  const fix = window.containers.fix('Run it in an arm64 VM');
  await expect(fix).toContainText('Not now: There is no arm64 VM yet.');
  await fix.getByRole('button', { name: 'Run it in an arm64 VM', exact: true }).click({ force: true });
  await expect(window.containers.fixDialog).toHaveCount(0);
  // Advice has no button, only words and a command to copy.
  const advice = window.containers.fix('Look at what the program asked for last');
  await advice.getByText('By hand').click();
  await expect(advice).toContainText('docker run -e QEMU_STRACE=1');
  await expect(advice.getByRole('button')).toHaveCount(1);
  expect(engine.asked).toEqual([]);
});

test('hostile log lines among the evidence stay text', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('migrate');
  const verdict = window.containers.verdict(crash);
  await expect(verdict).toContainText('<img src=x onerror=alert(1)> detsurt ton');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  expect(await verdict.innerText()).not.toMatch(/[\u202a-\u202e\u001b\u0007]/);
  expect(await window.page.locator('main img').count()).toBe(0);
});

test('a failure without a verdict shows its exit code and claims nothing', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('nightly');
  const card = window.containers.verdict('It ended with exit code 3');
  await expect(card).toContainText('No rule of the doctor agrees with this failure, so nothing is claimed');
  await card.getByRole('button', { name: 'Examine' }).click();
  await expect(card).toContainText('Examined just now: no rule of the doctor agrees');
  const nightly = Object.values(engine.state.containers).find((one) => one.name === 'nightly');
  engine.doctor.findings.set(nightly?.id ?? '', noHandlerDiagnosis());
  await card.getByRole('button', { name: 'Examine' }).click();
  await expect(window.containers.verdict(noHandler)).toBeVisible();
  await window.containers.back();
  await expect(window.containers.row('nightly')).toContainText(noHandler);
  expect(engine.asked).toEqual(['examine nightly', 'examine nightly']);
});

test('a container that ended well, or was only made, has nothing to say', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  const made = containerRecord({ name: 'made', state: 'created', status: 'Created' });
  engine.commit({ in: 'containers', key: made.id, value: made });
  await window.goTo('Containers');
  for (const name of ['one-off', 'made']) {
    await window.containers.open(name);
    await expect(window.page.getByText('It has no processes while it is not running.')).toBeVisible();
    await expect(window.page.getByRole('button', { name: /^Examine/ })).toHaveCount(0);
    await window.containers.back();
  }
});

test('nothing can be pressed while the VM is away, and the last verdict stays', async ({ openWith }) => {
  const state = scenario('full');
  const { window } = await openWith({ ...state, vms: scenario('stopped').vms });
  await window.goTo('Containers');
  await window.containers.open('queue');
  const button = window.containers.fix('Switch arm64 on').getByRole('button', { name: 'Switch arm64 on' });
  await expect(button).toHaveAttribute('aria-disabled', 'true');
  await button.hover();
  await expect(window.page.getByText('The VM has to run first')).toBeVisible();
});
