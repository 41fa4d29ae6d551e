import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errnoOf } from '../base/engine-error.ts';
import { mapConcurrent } from '../base/map-concurrent.ts';
import { SharedWork } from '../base/shared-work.ts';
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
  readonly #fetching = new SharedWork<void>();

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
    const report = (blob: Blob, bytes: number): void => {
      doneBytes += bytes - (done.get(blob.sha256) ?? 0);
      done.set(blob.sha256, bytes);
      options.onProgress?.(doneBytes, totalBytes);
    };
    // One that fails stops the others: what they have is kept, and nobody waits for it.
    const failure = new AbortController();
    const either = AbortSignal.any([options.signal, failure.signal]);
    try {
      return await mapConcurrent(blobs, parallelDownloads, async (blob) => {
        await this.#fetching
          .run(blob.sha256, either, (signal) => this.#fetchOne(blob, signal, (bytes) => report(blob, bytes)))
          .catch((thrown: unknown) => {
            failure.abort();
            throw thrown;
          });
        report(blob, blob.sizeBytes);
        return this.pathOf(blob.sha256);
      });
    } catch (thrown) {
      options.signal.throwIfAborted();
      throw thrown;
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
