import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect } from '@playwright/test';
import type { State } from '../../contract/state.ts';
import { type ScenarioName, scenario } from '../fake/scenarios.ts';
import { findElectronBinary } from './electron-binary.ts';
import { launchDouble } from './launch-double.ts';
import { launchElectron } from './launch-electron.ts';
import { processesOfHome } from './processes-of-home.ts';
import { ScriptedEngineProcess } from './scripted-engine.ts';
import { type ServedFake, serveFake } from './serve-fake.ts';
import type { LaunchOptions, Shell } from './shell.ts';

export interface ShellOptions {
  /** What runs the built main: the double, or the real binary where there is one. */
  runtime: 'double' | 'electron';
}

interface ShellFixtures {
  /** Real Electron's path; empty for the double. Tests are skipped where it is asked for and cannot be had. */
  binary: string;
  /** A FOREDECK_HOME of its own. When the test is over nothing may run for it any more. */
  home: string;
  engine: ScriptedEngineProcess;
  /** Serves a fake engine, in this process, to the shell of `home`: it shows whatever state the spec commits. */
  fake: (situation: ScenarioName | State) => Promise<ServedFake>;
  /** Starts the shell for `home`; all are ended after the test. */
  launch: (options?: Pick<LaunchOptions, 'args'>) => Promise<Shell>;
}

export const test = base.extend<ShellFixtures & ShellOptions>({
  runtime: ['double', { option: true }],

  binary: async ({ runtime }, use) => {
    const found = runtime === 'electron' ? findElectronBinary() : { path: '' };
    test.skip('missing' in found, `not run on real Electron: ${'missing' in found ? found.missing : ''}`);
    await use('path' in found ? found.path : '');
  },

  // Asks for the binary first, so that nothing is started where there is none.
  home: async ({ binary: _binary }, use) => {
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

  fake: async ({ home }, use) => {
    const served: ServedFake[] = [];
    await use(async (situation) => {
      const fake = await serveFake(home, typeof situation === 'string' ? scenario(situation) : situation);
      served.push(fake);
      return fake;
    });
    for (const fake of served) await fake.stop();
  },

  launch: async ({ home, binary }, use) => {
    const shells: Shell[] = [];
    await use(async (options = {}) => {
      const launched = { home, ...options };
      const shell = binary === '' ? await launchDouble(launched) : await launchElectron(binary, launched);
      shells.push(shell);
      return shell;
    });
    for (const shell of shells) await shell.dispose();
  },
});

export { expect };
