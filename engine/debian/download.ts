import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { explainDiskFull } from '../base/disk-full.ts';
import { EngineError, errnoOf, toEngineError } from '../base/engine-error.ts';
import { httpGetResponse } from '../base/http-get.ts';

/** A mirror which sends nothing for this long is given up; slow ones may take as long as they like. */
const stallTimeoutMs = 30_000;

/** Broken off transfers are resumed this often before the next mirror is asked. */
const attemptsPerUrl = 3;

export interface Download {
  /** Asked in this order. */
  readonly urls: readonly string[];
  /** Where the finished, verified file goes; `<path>.partial` holds what came so far. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly signal: AbortSignal;
  /** Bytes on disk so far, resumed ones included. */
  readonly onProgress?: (doneBytes: number) => void;
}

/** The server's name for the content a partial file holds, for `If-Range`. */
interface PartialNote {
  readonly url: string;
  readonly validator: string;
}

/**
 * Downloads a file whose size and hash are known, resuming what an earlier attempt (of any process) left behind.
 * `path` appears only when the hash is right. Throws `hash_mismatch`, `download_failed` with each URL's reason, or
 * `disk_full`; an abort keeps the partial file for the next time.
 */
export async function download(request: Download): Promise<void> {
  await mkdir(dirname(request.path), { recursive: true, mode: 0o700 });
  const reasons: string[] = [];
  let mismatch: unknown;
  for (const url of request.urls) {
    for (let attempt = 1; attempt <= attemptsPerUrl; attempt += 1) {
      try {
        await transfer(url, request);
        return;
      } catch (thrown) {
        request.signal.throwIfAborted();
        const explained = explainDiskFull(thrown, 'a download', request.path);
        const error = toEngineError(explained);
        if (error.code === 'disk_full') throw error;
        if (error.code === 'hash_mismatch') mismatch = error;
        reasons.push(`${url}: ${networkReason(explained)}`);
        if (!isWorthRepeating(thrown)) break;
      }
    }
  }
  throw new EngineError({
    code: mismatch === undefined ? 'download_failed' : 'hash_mismatch',
    message:
      mismatch === undefined
        ? `Cannot download ${nameOf(request)}: no mirror delivered it.`
        : `${nameOf(request)} is not the file that the signed package list names; it was thrown away.`,
    hint: 'Check the network connection, or name another mirror (setting "mirror", or FOREDECK_MIRROR), and try again; what arrived is kept.',
    details: { mirrors: [...new Set(reasons)].join('\n') },
    cause: mismatch,
  });
}

function nameOf(request: Download): string {
  return request.urls[0]?.split('/').at(-1) ?? request.path;
}

class WrongHash extends EngineError {
  readonly resumed: boolean;
  constructor(got: string, request: Download, resumed: boolean) {
    super({ code: 'hash_mismatch', message: `SHA-256 is ${got} instead of ${request.sha256}` });
    this.resumed = resumed;
  }
}

class HttpError extends Error {
  readonly status: number;
  constructor(status: number, text: string) {
    super(`HTTP ${status} ${text}`.trim());
    this.status = status;
  }
}

/** Asking again helps after a broken connection, and after a resumed file which turned out wrong; not after a 404. */
function isWorthRepeating(thrown: unknown): boolean {
  if (thrown instanceof HttpError) return thrown.status >= 500 || thrown.status === 416;
  if (thrown instanceof WrongHash) return thrown.resumed;
  return true;
}

async function transfer(url: string, request: Download): Promise<void> {
  const partialPath = `${request.path}.partial`;
  const notePath = `${partialPath}.json`;
  const note = parseNote(await readFileIfAny(notePath));
  const { hash, sizeBytes: have } = await hashOfPartial(partialPath, request);

  const watch = new StallWatch(request.signal);
  const file = await open(partialPath, have > 0 ? 'r+' : 'w', 0o600);
  try {
    if (have < request.sizeBytes) {
      const headers: Record<string, string> = { 'accept-encoding': 'identity' };
      if (have > 0) {
        headers.range = `bytes=${have}-`;
        if (note?.url === url) headers['if-range'] = note.validator;
      }
      const response = await watch.fetch(url, headers);
      const body = response.body;
      if (!response.ok || !body) {
        await body?.cancel();
        if (response.status === 416) await rm(partialPath, { force: true });
        throw new HttpError(response.status, response.statusText);
      }
      const resumed = response.status === 206;
      const validator = strongValidator(response);
      if (validator) await writeFileAtomic(notePath, JSON.stringify({ url, validator }));
      if (!resumed) hash.restart();
      await writeBody({ body, file, at: resumed ? have : 0, hash, request, watch });
    }
    await file.sync();
  } catch (thrown) {
    throw watch.stalled
      ? new Error(`nothing came for ${stallTimeoutMs / 1_000} s`, { cause: thrown })
      : thrown;
  } finally {
    watch.stop();
    await file.close();
  }
  const got = hash.digest();
  if (got !== request.sha256) {
    await rm(partialPath, { force: true });
    throw new WrongHash(got, request, have > 0);
  }
  await rename(partialPath, request.path);
  await rm(notePath, { force: true });
}

async function writeBody(options: {
  body: AsyncIterable<Uint8Array>;
  file: FileHandle;
  at: number;
  hash: RunningHash;
  request: Download;
  watch: StallWatch;
}): Promise<void> {
  const { file, hash, request, watch } = options;
  let position = options.at;
  if (position === 0) await file.truncate(0);
  for await (const chunk of options.body) {
    watch.heard();
    if (position + chunk.length > request.sizeBytes) {
      // What follows could only be wrong; the hash below says so.
      hash.update(chunk);
      return;
    }
    await writeAll(file, chunk, position);
    hash.update(chunk);
    position += chunk.length;
    request.onProgress?.(position);
  }
  if (position < request.sizeBytes) {
    throw new Error(`the connection ended after ${position} of ${request.sizeBytes} bytes`);
  }
}

async function writeAll(file: FileHandle, chunk: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < chunk.length; ) {
    const { bytesWritten } = await file.write(chunk, written, chunk.length - written, position + written);
    written += bytesWritten;
  }
}

/** A hash which can begin again, for servers which answer a range request with the whole file. */
class RunningHash {
  #hash: Hash = createHash('sha256');

  update(chunk: Uint8Array): void {
    this.#hash.update(chunk);
  }

  restart(): void {
    this.#hash = createHash('sha256');
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

async function hashOfPartial(
  path: string,
  request: Download,
): Promise<{ hash: RunningHash; sizeBytes: number }> {
  const hash = new RunningHash();
  const sizeBytes = await sizeOf(path);
  if (sizeBytes === 0) return { hash, sizeBytes };
  if (sizeBytes > request.sizeBytes) {
    await rm(path);
    return { hash, sizeBytes: 0 };
  }
  for await (const chunk of createReadStream(path, { signal: request.signal })) hash.update(chunk as Buffer);
  request.onProgress?.(sizeBytes);
  return { hash, sizeBytes };
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return 0;
    throw thrown;
  }
}

function parseNote(text: string | undefined): PartialNote | null {
  if (text === undefined) return null;
  try {
    const note: unknown = JSON.parse(text);
    if (typeof note !== 'object' || note === null || !('url' in note) || !('validator' in note)) return null;
    const { url, validator } = note;
    return typeof url === 'string' && typeof validator === 'string' ? { url, validator } : null;
  } catch {
    return null;
  }
}

/** `If-Range` needs a strong ETag or a date (RFC 9110, 13.1.5). */
function strongValidator(response: Response): string | null {
  const etag = response.headers.get('etag');
  if (etag && !etag.startsWith('W/')) return etag;
  return response.headers.get('last-modified');
}

/** Aborts a request when its peer has been silent too long, or when the caller aborts. */
class StallWatch {
  stalled = false;
  readonly #controller = new AbortController();
  readonly #signal: AbortSignal;
  #timer: NodeJS.Timeout;

  constructor(signal: AbortSignal) {
    this.#signal = AbortSignal.any([signal, this.#controller.signal]);
    this.#timer = setTimeout(() => this.#giveUp(), stallTimeoutMs);
  }

  fetch(url: string, headers: Record<string, string>): Promise<Response> {
    return httpGetResponse(url, { headers, signal: this.#signal });
  }

  heard(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #giveUp(): void {
    this.stalled = true;
    this.#controller.abort();
  }
}

/** Why a request failed, looking behind Node's own `fetch failed` and `terminated`. */
export function networkReason(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  const hidesCause = thrown.message === 'fetch failed' || thrown.message === 'terminated';
  if (!hidesCause || !(thrown.cause instanceof Error)) return thrown.message;
  return thrown.cause.message || errnoOf(thrown.cause) || thrown.message;
}
