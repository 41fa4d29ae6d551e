import { defineConfig } from '@playwright/test';
import { chromiumLaunch } from '../pages/chromium-launch.ts';

/**
 * Everything real: QEMU, Debian's packages, dockerd, the Docker CLI, foreign binaries, the page in a browser. One VM,
 * one thing after the other; the limits leave room for a guest without hardware virtualisation on two busy cores.
 */
export default defineConfig({
  testDir: '.',
  globalSetup: './seed.ts',
  testMatch: '*.spec.ts',
  outputDir: '../../out/e2e-real',
  timeout: 300_000,
  expect: { timeout: 60_000 },
  workers: 1,
  forbidOnly: true,
  reporter: 'list',
  use: { launchOptions: chromiumLaunch, viewport: { width: 1280, height: 860 } },
});
