import { randomUUID } from 'node:crypto';
import { posix } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { Download, DownloadEnd } from '../../../contract/container-files.ts';
import type { Container } from '../../../contract/records.ts';
import type { RawStream } from '../../api.ts';
import { EngineError, toEngineError } from '../../base/engine-error.ts';
import { sleep } from '../../base/time.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerStatusOf, explainDockerError } from '../docker-error.ts';
import { type PathStat, readPathStat } from './path-stat.ts';

/** A client attaches right after it has asked; later means that it has gone. */
const unattachedTimeoutMs = 30_000;

/** Bytes on their way to the client beyond which Docker is held back, and how often that is looked at. */
const highWaterBytes = 1024 * 1024;
const drainCheckIntervalMs = 10;

interface Prepared {
  readonly connection: DockerConnection;
  readonly container: Pick<Container, 'id' | 'name'>;
  readonly path: string;
  readonly folder: boolean;
  readonly timer: NodeJS.Timeout;
}

/** Files and folders of containers on their way to people, each fetched once. Works whether a container runs or not. */
export class Downloads {
  readonly #prepared = new Map<string, Prepared>();

  /** Throws `unknown_file` for what is not there, `bad_input` for what is neither file nor folder. */
  async prepare(
    connection: DockerConnection,
    container: Pick<Container, 'id' | 'name'>,
    path: string,
  ): Promise<Download> {
    const found = await this.#look(connection, container, path);
    const id = randomUUID();
    const timer = setTimeout(() => this.#prepared.delete(id), unattachedTimeoutMs);
    timer.unref();
    const folder = found.kind === 'folder';
    this.#prepared.set(id, { connection, container, path: found.path, folder, timer });
    const name = posix.basename(posix.resolve('/', path)) || container.name;
    return folder ? { id, name: `${name}.tar`, sizeBytes: null } : { id, name, sizeBytes: found.sizeBytes };
  }

  /** Throws `unknown_file` when it has been fetched already or was never prepared. */
  attach(id: string, stream: RawStream): void {
    const prepared = this.#prepared.get(id);
    if (!prepared) {
      throw new EngineError({
        code: 'unknown_file',
        message: 'This download has been fetched already, or was not begun in time.',
      });
    }
    clearTimeout(prepared.timer);
    this.#prepared.delete(id);
    void send(prepared, stream);
  }

  async #look(
    connection: DockerConnection,
    container: Pick<Container, 'id' | 'name'>,
    path: string,
  ): Promise<PathStat & { path: string }> {
    const what = `"${path}" in container "${container.name}"`;
    try {
      const found = await readPathStat(connection, container.id, path);
      // Docker has followed the link to its end, inside the container.
      const end = found.kind === 'link' ? found.target : path;
      const stat = found.kind === 'link' ? await readPathStat(connection, container.id, end) : found;
      if (stat.kind === 'file' || stat.kind === 'folder') return { ...stat, path: end };
    } catch (thrown) {
      if (dockerStatusOf(thrown) !== 404) throw explainDockerError(thrown, `${what} cannot be read`);
      throw new EngineError({
        code: 'unknown_file',
        message: `There is no ${what}.`,
        hint: 'It may have been moved or removed meanwhile.',
        cause: thrown,
      });
    }
    throw new EngineError({
      code: 'bad_input',
      message: `${what} is neither a file nor a folder, so there is nothing to download.`,
    });
  }
}

/** Never rejects: what fails is told on the stream. */
async function send(prepared: Prepared, stream: RawStream): Promise<void> {
  const { connection, container, path } = prepared;
  const leaving = new AbortController();
  stream.onMessage(() => undefined);
  stream.onClose(() => leaving.abort());
  const signal = AbortSignal.any([connection.signal, leaving.signal]);
  try {
    for await (const bytes of contentOf(prepared, signal)) {
      stream.send(bytes);
      while (stream.bufferedBytes > highWaterBytes) await sleep(drainCheckIntervalMs, signal);
    }
    end(stream, null);
  } catch (thrown) {
    if (leaving.signal.aborted) return;
    const what = `"${path}" in container "${container.name}" could not be downloaded`;
    end(stream, toEngineError(explainDockerError(thrown, what)).toWire());
  } finally {
    leaving.abort();
  }
}

/** A folder as Docker's tar archive; a file's own bytes out of it. */
async function* contentOf(
  { connection, container, path, folder }: Prepared,
  signal: AbortSignal,
): AsyncGenerator<Buffer, void, undefined> {
  const docker = connection.docker.getContainer(container.id);
  const archive = (await docker.getArchive({ path, abortSignal: signal })) as Readable;
  if (folder) {
    yield* archive as AsyncIterable<Buffer>;
    return;
  }
  const unpacked = extract();
  // What breaks one breaks the other; the reader below learns of it.
  const unpacking = pipeline(archive, unpacked, { signal }).catch((thrown: unknown) => {
    unpacked.destroy(thrown instanceof Error ? thrown : new Error(String(thrown)));
  });
  for await (const entry of unpacked) {
    if (entry.header.type === 'file') yield* entry.pipe(new PassThrough()) as AsyncIterable<Buffer>;
    else entry.resume();
  }
  await unpacking;
}

function end(stream: RawStream, problem: DownloadEnd['problem']): void {
  const message: DownloadEnd = { type: 'end', problem };
  stream.send(JSON.stringify(message));
  stream.close();
}
