import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noHandlerDiagnosis } from '../fake/diagnosis-records.ts';
import { clickTray, listenToDesktop, notifications, trayLabels } from './desktop-words.ts';
import { connected } from './page-words.ts';
import { expect, test } from './shell-test.ts';

const { step } = test;

test('tray, notifications, links and power follow the engine and the host', async ({ fake, launch }) => {
  const { engine, stop } = await fake('full');
  const shell = await launch({ args: ['foredeck://emulation'] });
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await listenToDesktop(shell);

  await step('a link at the start shows its screen', async () => {
    await expect(page).toHaveURL(/#\/emulation$/);
  });

  await step('the tray shows the VM, and starts and stops it', async () => {
    engine.changeVm({ state: 'stopped' });
    await expect.poll(() => trayLabels(shell)).toContain('Service VM: stopped');
    await clickTray(shell, 'Start');
    await expect
      .poll(() => trayLabels(shell))
      .toEqual(expect.arrayContaining(['Service VM: running', 'Suspend']));
    await clickTray(shell, 'Suspend');
    await expect.poll(() => trayLabels(shell)).toContain('Resume');
    expect(engine.asked).toEqual(['startVm service', 'stopVm service suspend']);
    engine.changeVm({ state: 'running' });
  });

  await step('a link in a second start shows its screen; a hostile one is refused', async () => {
    const second = await launch({ args: ['foredeck://containers/0a1b2c'] });
    expect(await second.exited).toBe(0);
    await expect(page).toHaveURL(/#\/containers\/0a1b2c$/);
    const hostile = await launch({ args: ['foredeck://containers/0a1b2c?action=remove'] });
    expect(await hostile.exited).toBe(0);
    await expect.poll(() => shell.output()).toContain('Refused a link');
    await expect(page).toHaveURL(/#\/containers\/0a1b2c$/);
  });

  const [id = '', other = ''] = Object.keys(engine.state.containers);
  const fail = (key: string, name: string): void => {
    const container = engine.state.containers[key];
    if (!container) throw new Error('the scenario has too few containers');
    const value = {
      ...container,
      name,
      state: 'exited' as const,
      stale: false,
      diagnosis: noHandlerDiagnosis({ rule: name }),
    };
    engine.commit({ in: 'containers', key, value });
  };
  await step('a verdict is told when nobody looks, as plain text, and a click shows it', async () => {
    fail(other, 'seen-in-the-window');
    await expect.poll(() => page.evaluate(() => document.readyState)).toBe('complete');
    await shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.minimize(), null);
    fail(id, 'api<b>\u202e&amp;');
    await expect
      .poll(() => notifications(shell))
      .toEqual([
        {
          title: 'arm64 programs do not run in this VM',
          body: expect.stringMatching(/^apibamp;: The container is of arm64/),
        },
      ]);
    await shell.evaluate(() => globalThis.said.notifications[0]?.click(), null);
    await expect(page).toHaveURL(new RegExp(`#/containers/${id}$`));
  });

  await step(
    'a folder is chosen in the desktop’s own dialog, and shared by nobody but the person',
    async () => {
      await shell.evaluate(({ dialog }) => {
        dialog.showOpenDialog = (async () => ({
          canceled: false,
          filePaths: ['/home/ada/project'],
        })) as typeof dialog.showOpenDialog;
      }, null);
      await page.evaluate(() => {
        location.hash = '/settings/sharing';
      });
      const asked = engine.asked.length;
      await page.getByRole('button', { name: 'Choose…' }).click();
      await expect(page.getByLabel('Share a folder', { exact: true })).toHaveValue('/home/ada/project');
      expect(engine.asked).toHaveLength(asked);
    },
  );

  await step('the engine hears of sleep and waking', async () => {
    await shell.evaluate(({ powerMonitor }) => void powerMonitor.emit('suspend'), null);
    await expect.poll(() => engine.asked.at(-1)).toBe('hostSleeps');
    await shell.evaluate(({ powerMonitor }) => void powerMonitor.emit('resume'), null);
    await expect.poll(() => engine.asked.at(-1)).toBe('hostWoke');
  });

  await step('an engine that was ended is missed, and not started behind the person’s back', async () => {
    await stop();
    await expect.poll(() => trayLabels(shell)).toContain('Start the Engine');
    const again = await fake('running');
    await expect.poll(() => trayLabels(shell)).toContain('Service VM: running');
    expect(again.engine.asked).toEqual([]);
  });
});

test('at login it stays in the tray, and remembers where its window was', async ({ fake, home, launch }) => {
  const { engine } = await fake('stopped');
  const settings = { ...engine.state.settings, stayInTray: true };
  engine.commit({ in: 'settings', value: settings });
  const shell = await launch({ args: ['--at-login'] });
  await listenToDesktop(shell);
  const windows = (): Promise<number> =>
    shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null);

  await step('no window until it is asked for', async () => {
    engine.changeVm({ state: 'suspended' });
    await expect.poll(() => trayLabels(shell)).toContain('Service VM: suspended');
    expect(await windows()).toBe(0);
    await clickTray(shell, 'Open Foredeck');
    await expect(connected(await shell.firstWindow())).toBeVisible();
  });

  await step('the setting makes and removes the desktop’s entry', async () => {
    test.skip(process.platform !== 'linux', 'macOS keeps login items itself');
    const entry = join(home, 'autostart', 'foredeck.desktop');
    engine.commit({ in: 'settings', value: { ...settings, openAtLogin: true } });
    await expect.poll(() => readFile(entry, 'utf8').catch(() => '')).toMatch(/^Exec=".+" "--at-login"$/m);
    engine.commit({ in: 'settings', value: settings });
    await expect.poll(() => existsSync(entry)).toBe(false);
  });

  await step('closed, it stays in the tray; opened again, it is where it was', async () => {
    const placed = await shell.evaluate(({ BrowserWindow }) => {
      const [window] = BrowserWindow.getAllWindows();
      window?.setBounds({ x: 40, y: 50, width: 1000, height: 700 });
      const bounds = window?.getNormalBounds();
      setImmediate(() => window?.close());
      return bounds;
    }, null);
    await expect.poll(windows).toBe(0);
    await expect.poll(() => existsSync(join(home, 'window.json'))).toBe(true);
    await clickTray(shell, 'Open Foredeck');
    await expect.poll(windows).toBe(1);
    const bounds = await shell.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.getNormalBounds(),
      null,
    );
    expect(bounds).toEqual(placed);
  });
});
