import { readdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, vmOption } from '../arguments.ts';
import { print, printJson } from '../output.ts';
import { withProgress } from '../progress.ts';
import { withEngine, withRunningEngine } from '../with-engine.ts';
import { leftRunning } from './vm.ts';

export function addQuitCommand(program: Command): void {
  program
    .command('quit')
    .description('stop every VM in order, then the engine')
    .addOption(vmOption().hideHelp())
    .addOption(jsonOption())
    .action(({ json }: { json: boolean }) =>
      withRunningEngine(
        async (engine) => {
          let wasRunning = true;
          if (engine) await quit(engine);
          // An engine that crashed leaves its VMs running; the next one adopts and stops them.
          else if (await anyLeftRunning()) await withEngine(quit);
          else wasRunning = false;
          if (json) printJson({ engine: null, wasRunning });
          else print(wasRunning ? 'The engine has ended.' : 'not running');
        },
        { anyProtocol: true },
      ),
    );
}

/** Resolves when the engine is gone, its VMs before it. */
async function quit(engine: EngineClient): Promise<void> {
  await withProgress(engine, {}, async () => {
    await engine.calls.engine.quit();
    await engine.closed;
  });
  await untilGone(engine.info.host.enginePid);
}

/** The process ends right after its connections; a command after this one must not meet it. */
async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new EngineError({
    code: 'wrong_state',
    message: `The engine has stopped its VMs, but its process ${pid} does not end.`,
    hint: `End it with: kill ${pid}`,
  });
}

async function anyLeftRunning(): Promise<boolean> {
  const names = await readdir(pathsUnder(homeFromEnvironment()).vms).catch(() => []);
  const left = await Promise.all(names.map(leftRunning));
  return left.includes(true);
}
