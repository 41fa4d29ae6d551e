import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from '../pages/chromium-launch.ts';

/** The page with a fake engine: fast, every situation. Needs `npm run build`, for out/renderer. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: '../../out/e2e-ui',
  timeout: 30_000,
  expect: { timeout: 7_000 },
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  reporter: 'list',
  use: { launchOptions: chromiumLaunch, viewport: { width: 1180, height: 820 } },
});
