import { EngineError } from '../../engine/base/engine-error.ts';
import { driftRecord, handlerRecord } from '../fake/records.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

test.describe('the version', () => {
  test('is chosen from a menu, and rolled back', async ({ openWith, page }) => {
    const { engine, window } = await openWith('full');
    await window.goTo('Emulation');
    await window.emulation.version('arm64').click();
    await expect(page.getByRole('menu')).toContainText('Running containers keep the one they started with.');
    await expect(window.emulation.choice(/^10\.0\.13/)).toBeChecked();
    await expect(window.emulation.choice(/^10\.0\.13/)).toContainText('recommended');
    await expect(window.emulation.choice(/^11\.1\.3/)).toContainText('Debian backports · needs a download');
    const release = engine.hold('chooseEmulator');
    await window.emulation.choice(/^11\.1\.3/).click();
    await expect(window.emulation.summary('arm64')).toHaveText('downloading 11.5 of 16.1 MB');
    release();
    await expect(window.emulation.version('arm64')).toHaveText('qemu-aarch64 11.1.3');
    await window.emulation.version('arm64').click();
    await page.getByRole('menuitem', { name: 'Roll back to 10.0.13' }).click();
    await expect(window.emulation.version('arm64')).toHaveText('qemu-aarch64 10.0.13');
    expect(engine.asked).toEqual([
      'chooseEmulator service arm64 11.1.3+ds-1~bpo13+1',
      'chooseEmulator service arm64 previous',
    ]);
  });

  test('stays when another one does not prove itself', async ({ openWith }) => {
    const { engine, window } = await openWith('full');
    await window.goTo('Emulation');
    const message = 'qemu-aarch64 11.1.3 did not prove itself: exit code 139. 10.0.13 is in place again.';
    engine.failNext('chooseEmulator', new EngineError({ code: 'emulator_failed', message }));
    await window.emulation.version('arm64').click();
    await window.emulation.choice(/^11\.1\.3/).click();
    await expect(window.emulation.row('arm64')).toContainText(message);
    await expect(window.emulation.version('arm64')).toHaveText('qemu-aarch64 10.0.13');
  });

  test('is chosen by keyboard', async ({ openWith, page }) => {
    const { engine, window } = await openWith('full');
    await window.goTo('Emulation');
    await window.emulation.version('arm64').press('Enter');
    await expect(window.emulation.choice(/^10\.0\.13/)).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await expect(window.emulation.version('arm64')).toHaveText('qemu-aarch64 11.1.3');
    expect(engine.asked).toEqual(['chooseEmulator service arm64 11.1.3+ds-1~bpo13+1']);
  });

  test('chosen for what is off switches it on', async ({ openWith }) => {
    const { engine, window } = await openWith('running');
    await window.goTo('Emulation');
    await window.emulation.version('riscv64').click();
    const release = engine.hold('chooseEmulator');
    await window.emulation.choice(/^11\.1\.3/).click();
    await expect(window.emulation.summary('riscv64')).toHaveText('downloading 11.5 of 16.1 MB');
    await expect(window.emulation.toggle('riscv64')).toHaveAttribute('aria-busy', 'true');
    release();
    await expect(window.emulation.summary('riscv64')).toHaveText('On, proved');
    await expect(window.emulation.version('riscv64')).toHaveText('qemu-riscv64 11.1.3');
  });

  test('says which programs still run under another', async ({ openWith }) => {
    const { window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.row('arm64')).toContainText('2 programs keep another version');
  });
});

test.describe('changes by something else', () => {
  test('are reported with what was done about them', async ({ openWith }) => {
    const { window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.drift('riscv64')).toContainText('3 min ago; it was put back twice.');
    await expect(window.emulation.drift('riscv64')).toContainText('the entry qemu-riscv64 was removed');
    // It was proved after the change: the lamp's word is true again.
    await expect(window.emulation.summary('riscv64')).toHaveText('On, proved');
  });

  test('that keep coming are a question: put it back', async ({ openWith }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    await expect(window.emulation.drift('s390x')).toContainText('put back 3 times');
    await expect(window.emulation.drift('s390x')).toContainText('<b>another</b> program');
    await expect(window.emulation.row('s390x').getByRole('region', { name: 'Problem' })).toHaveCount(0);
    await window.emulation.drift('s390x').getByRole('button', { name: 'Put s390x back' }).click();
    await expect(window.emulation.summary('s390x')).toHaveText('On, proved');
    await expect(window.emulation.drift('s390x')).toHaveCount(0);
    expect(engine.asked).toEqual(['switchOn service s390x']);
  });

  test('that keep coming are a question: leave it', async ({ openWith }) => {
    const { engine, window } = await openWith('emulation');
    await window.goTo('Emulation');
    await window.emulation.drift('s390x').getByRole('button', { name: 'Leave s390x as it is' }).click();
    await expect(window.emulation.toggle('s390x')).not.toBeChecked();
    expect(engine.asked).toEqual(['switchOff service s390x']);
  });

  test('take the lamp’s word away until it has been tested again', async ({ openWith }) => {
    const state = scenario('running');
    state.handlers['service/arm64'] = handlerRecord('arm64', 'on', {
      drift: driftRecord({ at: Date.now() }),
    });
    const { window } = await openWith(state);
    await window.goTo('Emulation');
    await expect(window.emulation.summary('arm64')).toHaveText(
      'On, not tested since something else changed it',
    );
  });
});
