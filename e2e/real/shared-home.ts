import { test as base } from '@playwright/test';
import { RealHome } from './real-home.ts';

/**
 * `test` for specs that need a running VM and nothing else of it: one home with a running service VM and a Docker CLI
 * for all of their files, made anew after a test that failed. Each test uses names of its own and removes what others would
 * trip over. Specs about a VM's own life have a home to themselves.
 */
export const test = base.extend<object, { home: RealHome }>({
  home: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from the pattern.
    async ({}, use) => {
      const home = await RealHome.make();
      try {
        await home.foredeckJson('start');
        const client = await home.connect();
        await client.calls.dockerCli.install();
        await client.close();
        await use(home);
      } finally {
        await home.dispose();
      }
      const left = await home.processesLeft();
      if (left.length > 0) throw new Error(`processes of ${home.path} are left: ${left.join(', ')}`);
    },
    { scope: 'worker', timeout: 600_000 },
  ],
});
