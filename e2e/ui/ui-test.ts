import { test as base, expect } from '@playwright/test';
import type { State } from '../../contract/state.ts';
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

interface Fixtures {
  /** Opens the window on a fake engine in a situation; closed after the test, which fails on any page error. */
  openWith: (situation: ScenarioName | State) => Promise<Opened>;
}

export const test = base.extend<Fixtures>({
  openWith: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      // Chromium reports refused connections here; a lost engine is what some tests are about.
      if (message.type() === 'error' && !message.text().includes('WebSocket'))
        complaints.push(message.text());
    });
    const apps: FakeApp[] = [];
    await use(async (situation) => {
      const app = await startFakeApp(typeof situation === 'string' ? scenario(situation) : situation);
      apps.push(app);
      fillProcesses(app.engine);
      const window = new WindowPage(page);
      await window.open(app.newUrl());
      return { app, engine: app.engine, window };
    });
    await page.close();
    for (const app of apps) await app.close();
    expect(complaints, 'errors of the page').toEqual([]);
  },
});

export { expect };
