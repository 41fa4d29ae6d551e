import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { connectEngine } from '../../engine/client/connect-engine.ts';
import { connected, lostWords } from './page-words.ts';
import { processesOfHome } from './processes-of-home.ts';
import { expect, test } from './shell-test.ts';

test('a second start brings the first window to the front and ends', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const first = await launch();
  await expect(connected(await first.firstWindow())).toBeVisible();
  await first.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize(), null);

  const second = await launch();
  expect(await second.exited).toBe(0);
  const seen = await first.evaluate(async ({ BrowserWindow }) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized())
      await new Promise<void>((restored) => window.once('restore', () => restored()));
    return { count: BrowserWindow.getAllWindows().length, minimized: window?.isMinimized() };
  }, null);
  expect(seen).toEqual({ count: 1, minimized: false });
});

test('closing the window quits with 0 and leaves the engine running', async ({ engine, home, launch }) => {
  test.skip(process.platform === 'darwin', 'a closed window stays in the dock there');
  const shell = await launch();
  await expect(connected(await shell.firstWindow())).toBeVisible();
  await shell.evaluate(
    ({ BrowserWindow }) => setImmediate(() => BrowserWindow.getAllWindows()[0]?.close()) && 0,
    null,
  );
  expect(await shell.exited).toBe(0);
  await expect.poll(() => processesOfHome(home)).toEqual([engine.pid]);
  expect(await engine.client.calls.engine.info()).toMatchObject({ host: { home } });
});

test('the menu stops the VM as the setting says, then the engine, then quits', async ({
  engine,
  home,
  launch,
}) => {
  await engine.client.calls.vm.start({ vm: 'service' });
  const states = await engine.client.calls.state.watch();
  const shell = await launch();
  await expect(connected(await shell.firstWindow())).toBeVisible();
  await shell.evaluate(({ Menu }) => {
    const entries = Menu.getApplicationMenu()?.items.flatMap(({ submenu }) => submenu?.items ?? []);
    entries?.find(({ label }) => label === 'Stop the VM and Quit')?.click();
  }, null);
  const seen: (string | undefined)[] = [];
  try {
    for await (const update of states) {
      if (update.type !== 'changes') continue;
      for (const change of update.changes) if (change.in === 'vms') seen.push(change.value?.state);
    }
  } catch {
    // The engine is gone.
  }
  expect(seen).toEqual(['suspending', 'suspended']);
  expect(await shell.exited).toBe(0);
  expect(processesOfHome(home), 'the page has started no other engine').toEqual([]);
});

test('quitting keeps its deadline when the engine answers nothing', async ({ engine, launch }) => {
  const shell = await launch();
  await expect(connected(await shell.firstWindow())).toBeVisible();
  process.kill(engine.pid, 'SIGSTOP');
  try {
    await shell.evaluate(({ app }) => setImmediate(() => app.quit()) && 0, null);
    expect(await shell.exited).toBe(0);
    expect(shell.output()).not.toContain('Quitting');
  } finally {
    process.kill(engine.pid, 'SIGCONT');
  }
});

test('SIGTERM quits with 0', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  await expect(connected(await shell.firstWindow())).toBeVisible();
  process.kill(shell.pid, 'SIGTERM');
  expect(await shell.exited).toBe(0);
});

test('an engine that dies is missed, replaced and outlives the shell', async ({ engine, home, launch }) => {
  // What comes up instead is the real engine: it must not compose an image and boot a VM here.
  await writeFile(join(home, 'settings.json'), JSON.stringify({ autoStart: false }));
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await page.evaluate((words) => {
    const watching = new MutationObserver(() => {
      if (document.body.textContent?.includes(words)) document.documentElement.dataset.lost = 'seen';
    });
    watching.observe(document.body, { subtree: true, childList: true, characterData: true });
  }, lostWords);

  await engine.stop('SIGKILL');
  await expect(page.locator('html')).toHaveAttribute('data-lost', 'seen');
  await expect(connected(page)).toBeVisible();

  const next = await connectEngine({ home, startIfNone: false });
  expect(next.info.host.enginePid).not.toBe(engine.pid);
  await shell.evaluate(({ app }) => setImmediate(() => app.quit()) && 0, null);
  expect(await shell.exited).toBe(0);
  expect(processesOfHome(home)).toContain(next.info.host.enginePid);
  await next.calls.engine.quit();
  await next.closed;
});

test('a home that cannot be used is told, and the shell ends with 1', async ({ home, launch }) => {
  await writeFile(join(home, 'window'), 'a file where the profile belongs');
  const shell = await launch();
  expect(await shell.exited).toBe(1);
  expect(shell.output()).toContain('Foredeck cannot start');
});
