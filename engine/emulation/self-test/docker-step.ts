import { buffer } from 'node:stream/consumers';
import { pack } from 'tar-stream';
import type { SelfTestStep } from '../../../contract/records.ts';
import { isAbort, toEngineError } from '../../base/engine-error.ts';
import type { ArchRow } from '../arch-table.ts';
import { exitStub, stubExitCode } from './exit-stub.ts';

/** Runs one container out of a root filesystem, leaves nothing behind, and resolves with its exit status. */
export type RunContainer = (options: {
  /** `linux/arm64`. */
  readonly platform: string;
  /** A tar archive. */
  readonly rootFilesystem: Uint8Array;
  readonly command: readonly string[];
  readonly signal: AbortSignal;
}) => Promise<number>;

/** The way people go: an image of the platform, a container, its exit status. */
export async function dockerStep(options: {
  row: ArchRow;
  runContainer: RunContainer;
  signal: AbortSignal;
}): Promise<SelfTestStep> {
  const { row, runContainer, signal } = options;
  const tar = pack();
  tar.entry({ name: 'stub', mode: 0o755 }, Buffer.from(exitStub(row)));
  tar.finalize();
  const rootFilesystem = await buffer(tar);
  const platform = `linux/${row.arch}`;
  const startedAt = performance.now();
  try {
    const code = await runContainer({ platform, rootFilesystem, command: ['/stub'], signal });
    return step(row, code === stubExitCode, performance.now() - startedAt, codeWords(platform, code));
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown;
    return step(row, false, performance.now() - startedAt, toEngineError(thrown).message);
  }
}

function step(row: ArchRow, ok: boolean, ms: number, detail: string): SelfTestStep {
  const consequence = ok ? null : `Docker cannot run ${row.arch} images, though programs outside of it run`;
  return { id: 'docker', ok, ms, detail, consequence };
}

function codeWords(platform: string, code: number): string {
  const words = `a container of ${platform} ended with status ${code}`;
  return code === stubExitCode ? `${words}, as expected` : `${words} instead of ${stubExitCode}`;
}
