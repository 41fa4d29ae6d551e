import type { LaunchOptions } from '@playwright/test';

/** Debian's Chromium, quiet. As root it has no sandbox to offer. */
export const chromiumLaunch: LaunchOptions = {
  executablePath: process.env.FOREDECK_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
};
