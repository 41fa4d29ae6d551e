import type { Arch } from '../../../contract/arch.ts';
import type { Diagnosis, Fix, FixOutcome } from '../../../contract/doctor.ts';
import type { Container } from '../../../contract/records.ts';
import { EngineError, isAbort, toEngineError } from '../../base/engine-error.ts';
import type { DoctorHandlers, FixRunner, ForeignVms, RunChanges } from './ports.ts';

export interface ApplyOptions {
  readonly fix: Fix;
  readonly row: Container;
  readonly data: 'keep' | 'fresh';
  readonly handlers: DoctorHandlers;
  readonly foreignVms: ForeignVms;
  readonly runner: FixRunner;
  readonly signal: AbortSignal;
  /** Whether this variant of the image lies in the VM already. */
  readonly isPresent: (image: string, arch: Arch) => boolean;
  /** The catalogue's words for what Docker said about a pull; null when it has none. */
  readonly explainPull: (error: string) => Promise<Diagnosis | null>;
}

/** Does what the fix says, for this container. Throws `wrong_state` when it cannot be done, or is advice only. */
export async function applyFix(options: ApplyOptions): Promise<FixOutcome> {
  const { fix, row, handlers, foreignVms, signal } = options;
  if (fix.unavailable !== null) {
    throw new EngineError({
      code: 'wrong_state',
      message: `"${fix.label}" cannot be done: ${fix.unavailable}`,
    });
  }
  switch (fix.kind) {
    case 'switch-on': {
      const handler = await handlers.on(row.vm, fix.arch);
      const version = handler.emulatorVersion ?? '';
      return await startAfterSwitch(options, `${fix.arch} is on (${handler.emulator} ${version})`);
    }
    case 'use-emulator': {
      const handler = await handlers.choose(row.vm, fix.arch, fix.suite);
      return await startAgain(
        options,
        `${fix.arch} programs run under ${handler.emulatorVersion ?? fix.suite}`,
      );
    }
    case 'use-platform':
      if (!options.isPresent(fix.image, fix.arch)) await pull(options, fix.image, fix.arch);
      return await runAgain(options, { arch: fix.arch });
    case 'run-again':
      return await runAgain(options, { env: fix.env, arguments: fix.arguments, tmpfs: fix.tmpfs });
    case 'foreign-vm': {
      const { id } = await foreignVms.run({ vm: row.vm, container: row.id, arch: fix.arch, signal });
      return { container: id, message: `"${row.name}" runs in a VM of its own architecture, ${fix.arch}.` };
    }
    case 'advice':
      throw new EngineError({
        code: 'wrong_state',
        message: `"${fix.label}" is for you to do.`,
        hint: fix.command ?? fix.detail,
      });
  }
}

/** What runs already needs no start for a handler that came back: only what was begun in it failed. */
async function startAfterSwitch({ row, runner, signal }: ApplyOptions, what: string): Promise<FixOutcome> {
  if (row.state === 'running') {
    return { container: row.id, message: `${what}; "${row.name}" runs on, and what is started in it works.` };
  }
  return await startAgain({ row, runner, signal }, what);
}

async function startAgain(
  { row, runner, signal }: Pick<ApplyOptions, 'row' | 'runner' | 'signal'>,
  what: string,
): Promise<FixOutcome> {
  await runner.start(row.id, signal);
  return { container: row.id, message: `${what}; "${row.name}" was started again.` };
}

async function runAgain(
  { row, data, runner, signal }: ApplyOptions,
  changes: RunChanges,
): Promise<FixOutcome> {
  const { id, originalName } = await runner.runAgain({
    container: row.id,
    arch: row.arch,
    changes,
    data,
    signal,
  });
  const written = data === 'keep' ? 'with what it had written' : 'fresh from its image';
  return {
    container: id,
    message: `"${row.name}" runs again, ${written}; the old one is kept, stopped, as "${originalName}".`,
  };
}

async function pull(
  { row, runner, signal, explainPull }: ApplyOptions,
  image: string,
  arch: Arch,
): Promise<void> {
  try {
    await runner.pull(image, arch, signal);
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown;
    const error = toEngineError(thrown);
    const known = await explainPull(error.message);
    if (!known) throw error;
    throw new EngineError({
      code: error.code,
      message: `"${row.name}" cannot run as ${arch}: ${known.title}. ${error.message}`,
      hint: known.fixes[0]?.command ?? known.cause,
      cause: error,
    });
  }
}
