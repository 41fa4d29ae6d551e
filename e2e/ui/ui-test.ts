import { test as base, expect, type Page } from '@playwright/test';
import type { State } from '../../contract/state.ts';
import { findElectronBinary } from '../electron/electron-binary.ts';
import { launchDouble } from '../electron/launch-double.ts';
import { launchElectron } from '../electron/launch-electron.ts';
import type { Shell } from '../electron/shell.ts';
import type { ShellOptions } from '../electron/shell-test.ts';
import { type FakeApp, startFakeApp } from '../fake/fake-app.ts';
import type { FakeEngine } from '../fake/fake-engine.ts';
import { fillProcesses } from '../fake/processes.ts';
import { type ScenarioName, scenario } from '../fake/scenarios.ts';
import { WindowPage } from '../pages/window-page.ts';

export interface Opened {
  readonly app: FakeApp;
  readonly engine: FakeEngine;
  readonly window: WindowPage;
}

export interface LauncherOptions {
  /** What shows the page: browser mode, or the desktop shell over its double or the real Electron. */
  launcher: 'browser' | ShellOptions['runtime'];
}

interface Fixtures {
  /** Opens the window on a fake engine in a situation; closed after the test, which fails on any page error. */
  openWith: (situation: ScenarioName | State) => Promise<Opened>;
}

export const test = base.extend<Fixtures & LauncherOptions>({
  launcher: ['browser', { option: true }],

  openWith: async ({ page, launcher }, use) => {
    const binary = launcher === 'electron' ? findElectronBinary() : { path: '' };
    test.skip('missing' in binary, `not run on real Electron: ${'missing' in binary ? binary.missing : ''}`);
    const complaints: string[] = [];
    const listen = (shown: Page): void => {
      shown.on('pageerror', (error) => complaints.push(error.message));
      shown.on('console', (message) => {
        // Chromium reports refused connections here; a lost engine is what some tests are about.
        if (message.type() === 'error' && !message.text().includes('WebSocket'))
          complaints.push(message.text());
      });
    };
    const apps: FakeApp[] = [];
    const shells: Shell[] = [];
    const show = async (app: FakeApp): Promise<WindowPage> => {
      if (launcher === 'browser') {
        listen(page);
        const window = new WindowPage(page);
        await window.open(app.newUrl());
        return window;
      }
      const options = { home: app.home };
      const shell =
        'path' in binary && binary.path !== ''
          ? await launchElectron(binary.path, options)
          : await launchDouble(options);
      shells.push(shell);
      const shown = await shell.firstWindow();
      listen(shown);
      const window = new WindowPage(shown);
      await window.statusBar.getByText('Connected to the engine').waitFor();
      return window;
    };
    await use(async (situation) => {
      const app = await startFakeApp(typeof situation === 'string' ? scenario(situation) : situation);
      apps.push(app);
      fillProcesses(app.engine);
      const window = await show(app);
      return { app, engine: app.engine, window };
    });
    for (const shell of shells) await shell.dispose();
    await page.close();
    for (const app of apps) await app.close();
    expect(complaints, 'errors of the page').toEqual([]);
  },
});

export { expect };
