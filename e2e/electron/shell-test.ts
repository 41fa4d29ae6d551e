import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import { findElectronBinary } from './electron-binary.ts';
import { launchDouble } from './launch-double.ts';
import { launchElectron } from './launch-electron.ts';
import { processesOfHome } from './processes-of-home.ts';
import { ScriptedEngineProcess } from './scripted-engine.ts';
import type { Shell } from './shell.ts';

export interface ShellOptions {
  /** What runs the built main: the double, or the real binary where there is one. */
  runtime: 'double' | 'electron';
}

interface ShellFixtures {
  /** A FOREDECK_HOME of its own. When the test is over nothing may run for it any more. */
  home: string;
  engine: ScriptedEngineProcess;
  /** Starts the shell for `home`; all are ended after the test. */
  launch: () => Promise<Shell>;
}

export const test = base.extend<ShellFixtures & ShellOptions>({
  runtime: ['double', { option: true }],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads dependencies from this pattern
  home: async ({}, use) => {
    const home = await mkdtemp(join(tmpdir(), 'fd-'));
    await use(home);
    try {
      await expect.poll(() => processesOfHome(home), 'nothing is left alive').toEqual([]);
    } finally {
      for (const pid of processesOfHome(home)) process.kill(pid, 'SIGKILL');
      await rm(home, { recursive: true, force: true });
    }
  },

  engine: async ({ home }, use) => {
    const engine = await ScriptedEngineProcess.start(home);
    await use(engine);
    await engine.client.close();
    await engine.stop('SIGTERM');
  },

  launch: async ({ home, runtime }, use) => {
    const found = runtime === 'electron' ? findElectronBinary() : undefined;
    const missing = found && 'missing' in found ? found.missing : '';
    test.skip(missing !== '', `not run on real Electron: ${missing}`);
    const shells: Shell[] = [];
    await use(async () => {
      const shell =
        found && 'path' in found ? await launchElectron(found.path, { home }) : await launchDouble({ home });
      shells.push(shell);
      return shell;
    });
    for (const shell of shells) await shell.dispose();
  },
});

export { expect };
