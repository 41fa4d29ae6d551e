import { execa } from 'execa';
import type { HostArch } from '../../contract/arch.ts';
import { EngineError } from '../base/engine-error.ts';
import { findExecutable, searchPath } from '../base/find-executable.ts';
import { qemuBinaries } from './command-line.ts';

export interface Qemu {
  readonly path: string;
  /** "10.0.2". */
  readonly version: string;
  readonly major: number;
}

/**
 * QEMU before this version breaks Linux 6.12 under TCG: with 7.2, 5 of 17 boots panicked in their first seconds with
 * a corrupted flags register; with 10.0 none of 30 did.
 */
const oldestEmulatingMajor = 9;

/** Where package managers put programs that a desktop session's PATH may lack (Homebrew on Apple and Intel). */
const usualFolders = ['/usr/bin', '/usr/local/bin', '/opt/homebrew/bin'];

const installHint =
  'Run `npm start` in the Foredeck folder: it installs what is missing, or prints the commands to do so.';

/** `--version` only prints; a QEMU that cannot do that within this time cannot run a guest. */
const versionTimeoutMs = 10_000;

/** The QEMU that runs guests of `arch`. Throws `tool_missing`. */
export async function findQemu(options: {
  arch: HostArch;
  signal: AbortSignal;
  folders?: readonly string[];
}): Promise<Qemu> {
  const name = qemuBinaries[options.arch];
  const path = await findProgram(name, options.folders ?? programFolders());
  const { stdout } = await execa(path, ['--version'], {
    cancelSignal: options.signal,
    timeout: versionTimeoutMs,
    stdin: 'ignore',
  }).catch((thrown) => {
    if (options.signal.aborted) throw thrown;
    throw new EngineError({
      code: 'tool_missing',
      message: `${path} does not run: ${thrown instanceof Error ? thrown.message : String(thrown)}`,
      hint: installHint,
      cause: thrown,
    });
  });
  return { path, ...parseVersion(path, stdout) };
}

/** Absolute path of a program in the first of `folders` that has it. Throws `tool_missing`. */
export async function findProgram(
  name: string,
  folders: readonly string[] = programFolders(),
): Promise<string> {
  const path = await findExecutable(name, folders);
  if (path !== null) return path;
  throw new EngineError({
    code: 'tool_missing',
    message: `There is no ${name} on this machine; Foredeck runs its VM with it.`,
    hint: installHint,
    details: { searched: folders.join(', ') },
  });
}

/** Whether this QEMU can be trusted to emulate; undefined when it can, else the error to throw. */
export function emulationProblem(qemu: Qemu): EngineError | undefined {
  if (qemu.major >= oldestEmulatingMajor) return undefined;
  return new EngineError({
    code: 'tool_too_old',
    message:
      `QEMU ${qemu.version} (${qemu.path}) is too old to emulate the VM's processor: before version ` +
      `${oldestEmulatingMajor} the guest's kernel crashes at random.`,
    hint: installHint,
  });
}

function programFolders(): string[] {
  const inPath = searchPath().filter((folder) => folder.startsWith('/'));
  return [...new Set([...inPath, ...usualFolders])];
}

/** First line of `--version`: "QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2)". */
function parseVersion(path: string, output: string): { version: string; major: number } {
  const match = /\bversion (?<version>(?<major>\d+)\.\d+(?:\.\d+)?)/.exec(output)?.groups;
  if (!match?.version) {
    throw new EngineError({
      code: 'tool_missing',
      message: `${path} does not say which version of QEMU it is.`,
      hint: installHint,
      details: { output: output.slice(0, 200) },
    });
  }
  return { version: match.version, major: Number(match.major) };
}
