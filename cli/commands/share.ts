import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Share } from '../../contract/shares.ts';
import type { State } from '../../contract/state.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { jsonOption } from '../arguments.ts';
import { print, printJson, printTable } from '../output.ts';
import { printable } from '../printable.ts';
import { withProgress } from '../progress.ts';
import { withEngine } from '../with-engine.ts';

export function addShareCommand(program: Command): void {
  const share = program.command('share').description('folders of this computer which the VM sees');
  share
    .command('add')
    .description('let the VM, and every container that mounts it, see a folder at the same path')
    .argument('<dir>', 'the folder')
    .option('--read-only', 'nothing in the VM can change it', false)
    .addOption(jsonOption())
    .action((dir: string, { readOnly, json }: { readOnly: boolean; json: boolean }) =>
      withEngine(async (engine) => {
        const path = absolute(dir);
        const cancel = (state: State) => cancelInstalling(engine, state);
        const added = await withProgress(engine, { cancel }, () =>
          engine.calls.shares.add({ path, readOnly }),
        );
        // It stays shared, and is tried again at the next start of the VM.
        if (added.problem) throw new EngineError(added.problem);
        if (json) printJson(added);
        else
          print(
            printable(`${added.path} ${added.readOnly ? 'is shared read-only' : 'is shared'}${rest(added)}.`),
          );
      }),
    );
  share
    .command('list')
    .description('what is shared, and whether the VM sees it')
    .addOption(jsonOption())
    .action(({ json }: { json: boolean }) =>
      withEngine(async (engine) => {
        const shares = await engine.calls.shares.list();
        if (json) printJson(shares);
        else if (shares.length === 0) print('Nothing is shared. `foredeck share add DIR` shares a folder.');
        else printShares(shares);
      }),
    );
  share
    .command('remove')
    .description('the VM does not see the folder any more; the folder itself stays as it is')
    .argument('<dir>', 'the folder, as `share list` names it')
    .addOption(jsonOption())
    .action((dir: string, { json }: { json: boolean }) =>
      withEngine(async (engine) => {
        const path = absolute(dir);
        await engine.calls.shares.remove({ path });
        if (json) printJson({ path });
        else print(printable(`${path} is not shared any more.`));
      }),
    );
}

function printShares(shares: readonly Share[]): void {
  printTable(
    ['FOLDER', 'ACCESS', 'STATE'],
    shares.map(({ path, readOnly, state }) => [path, readOnly ? 'read-only' : 'read and write', state]),
  );
  const problems = shares.flatMap(({ problem }) => (problem ? [`${problem.message} ${problem.hint}`] : []));
  if (problems.length > 0) print('');
  for (const problem of new Set(problems)) print(printable(problem.trimEnd()));
}

function rest({ state, path, realPath }: Share): string {
  if (state === 'waiting') return '; the VM sees it when it starts';
  return path === realPath ? '' : `, as is ${realPath}, where it really lies`;
}

/** Against the folder as the shell calls it: `docker run -v "$PWD"` names it so, too, symbolic links and all. */
function absolute(dir: string): string {
  const { PWD: named } = process.env;
  const here = process.cwd();
  const same = named !== undefined && realIfAny(named) === realIfAny(here);
  return resolve(same ? named : here, dir);
}

function realIfAny(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

async function cancelInstalling(engine: EngineClient, state: State): Promise<void> {
  const installing = Object.values(state.jobs).filter(
    (job) => job.kind === 'install-virtiofsd' && job.state === 'running',
  );
  await Promise.all(installing.map(({ id }) => engine.calls.job.cancel({ id })));
}
