import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf, isAbort } from '../base/engine-error.ts';
import { mapConcurrent } from '../base/map-concurrent.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import { download } from './download.ts';

/** Enough to fill a line whose round trips are long; more gains nothing and annoys mirrors. */
const parallelDownloads = 4;

/** A file the signed lists name. */
export interface Blob {
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly urls: readonly string[];
}

/** Files named by their SHA-256, downloaded once and checked each time they are handed out. */
export class BlobCache {
  readonly #folder: string;
  readonly #running = new OnceAtATime();

  constructor(folder: string) {
    this.#folder = folder;
  }

  pathOf(sha256: string): string {
    return join(this.#folder, sha256);
  }

  /** Makes sure all are there; returns their paths in the same order. */
  async fetch(
    blobs: readonly Blob[],
    options: {
      signal: AbortSignal;
      onProgress?: ((doneBytes: number, totalBytes: number) => void) | undefined;
    },
  ): Promise<string[]> {
    const totalBytes = blobs.reduce((sum, blob) => sum + blob.sizeBytes, 0);
    const done = new Map<string, number>();
    let doneBytes = 0;
    return await mapConcurrent(blobs, parallelDownloads, async (blob) => {
      await this.#ensure(blob, options.signal, (bytes) => {
        doneBytes += bytes - (done.get(blob.sha256) ?? 0);
        done.set(blob.sha256, bytes);
        options.onProgress?.(doneBytes, totalBytes);
      });
      return this.pathOf(blob.sha256);
    });
  }

  async #ensure(blob: Blob, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      try {
        await this.#running.run(blob.sha256, () => this.#fetchOne(blob, signal, onProgress));
        onProgress(blob.sizeBytes);
        return;
      } catch (thrown) {
        // Somebody else asked for the same file first and has cancelled; this caller has not.
        if (!isAbort(thrown) || signal.aborted) throw thrown;
      }
    }
  }

  async #fetchOne(blob: Blob, signal: AbortSignal, onProgress: (bytes: number) => void): Promise<void> {
    const path = this.pathOf(blob.sha256);
    if (await isIntact(path, blob, signal)) return;
    await rm(path, { force: true });
    await download({ ...blob, path, signal, onProgress });
  }
}

async function isIntact(path: string, blob: Blob, signal: AbortSignal): Promise<boolean> {
  try {
    if ((await stat(path)).size !== blob.sizeBytes) return false;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return false;
    throw thrown;
  }
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { signal })) hash.update(chunk as Buffer);
  return hash.digest('hex') === blob.sha256;
}
