import { answer, listenToDesktop, questions } from './desktop-words.ts';
import { connected } from './page-words.ts';
import type { Shell } from './shell.ts';
import { expect, test } from './shell-test.ts';

const { step } = test;

/** Not awaited: main may be gone before it can answer. */
async function quit(shell: Shell): Promise<void> {
  await shell.evaluate(({ app }) => setImmediate(() => app.quit()) && 0, null);
}

test('quitting beside a running VM asks; VMs are left running and that can be remembered', async ({
  fake,
  launch,
}) => {
  const { engine } = await fake('running');
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await listenToDesktop(shell);

  await step('cancelled, everything goes on', async () => {
    await quit(shell);
    await expect
      .poll(() => questions(shell))
      .toMatchObject([{ message: 'Still running: service (running)' }]);
    await answer(shell, 'Cancel');
    await expect(connected(page)).toBeVisible();
  });

  await step('left running, the shell ends alone and does not ask again', async () => {
    await quit(shell);
    await expect.poll(() => questions(shell)).toHaveLength(2);
    await answer(shell, 'Leave Running', true);
    expect(await shell.exited).toBe(0);
    expect(engine.asked).toEqual(['setSettings {"onQuit":"leave-running"}']);
    expect(engine.state.vms.service?.state).toBe('running');
  });
});

test('stopping on quit names who is late, and need not be waited for', async ({ fake, launch }) => {
  const { engine } = await fake('running');
  engine.commit({ in: 'settings', value: { ...engine.state.settings, onQuit: 'stop' } });
  const release = engine.hold('quit');
  const shell = await launch();
  await expect(connected(await shell.firstWindow())).toBeVisible();
  await listenToDesktop(shell);
  await hurryClocks(shell);

  await quit(shell);
  await expect.poll(() => engine.asked).toEqual(['quit']);
  engine.changeVm({ state: 'suspending' });
  const late = 'Not stopped yet: service (suspending)';
  await expect.poll(() => questions(shell)).toMatchObject([{ message: late }]);
  await answer(shell, 'Wait');
  await expect.poll(() => questions(shell)).toMatchObject([{ message: late }, { message: late }]);
  await answer(shell, 'Quit Now');
  expect(await shell.exited).toBe(0);
  expect(shell.output()).toContain('After 20 s not stopped yet: service (suspending)');
  release();
});

test('when the host goes down VMs are stopped in a hurry, and nobody is asked', async ({ fake, launch }) => {
  const { engine } = await fake('running');
  const shell = await launch();
  await expect(connected(await shell.firstWindow())).toBeVisible();
  await listenToDesktop(shell);
  const heldUp = await shell.evaluate(({ powerMonitor }) => {
    let held = false;
    const event = {
      preventDefault: () => {
        held = true;
      },
    };
    powerMonitor.emit('shutdown', event);
    return held;
  }, null);
  expect(heldUp).toBe(true);
  expect(await shell.exited).toBe(0);
  expect(engine.asked).toEqual(['quit hurried']);
});

/** Main's long waits pass a hundred times as fast. */
async function hurryClocks(shell: Shell): Promise<void> {
  await shell.evaluate(() => {
    const timers = process.getBuiltinModule('timers/promises');
    const wait = timers.setTimeout;
    Object.assign(timers, {
      setTimeout: (ms: number, ...rest: []) => wait(ms >= 10_000 ? ms / 100 : ms, ...rest),
    });
    process.getBuiltinModule('module').syncBuiltinESMExports();
  }, null);
}
