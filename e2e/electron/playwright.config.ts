import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from '../pages/chromium-launch.ts';
import type { LauncherOptions } from '../ui/ui-test.ts';
import type { ShellOptions } from './shell-test.ts';

/**
 * The same specs twice: over the double, everywhere, and over real Electron, where its binary can be launched. Where
 * it cannot, those are reported as skipped. Needs `npm run build`.
 */
export default defineConfig<ShellOptions & LauncherOptions>({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../out/e2e-electron',
  // A Chromium and two Nodes start in each, in two seconds or, beside a booting VM, in twenty.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  // Each starts a Chromium; two cores do one at a time best.
  workers: 1,
  forbidOnly: true,
  reporter: 'list',
  projects: [
    { name: 'double', use: { runtime: 'double' } },
    { name: 'electron', use: { runtime: 'electron' } },
    ...(['double', 'electron'] as const).map((launcher) => ({
      // Those of the page's specs which the shell carries differently from a browser.
      name: `page in ${launcher}`,
      testDir: '../ui',
      grep: /@shell/,
      use: { launcher, launchOptions: chromiumLaunch },
    })),
    { name: 'packaging', testDir: '../packaging' },
  ],
});
