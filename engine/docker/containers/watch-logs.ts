import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { type LogBatch, maxLogLines } from '../../../contract/container-logs.ts';
import type { Container } from '../../../contract/records.ts';
import { sleep } from '../../base/time.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerStatusOf, explainDockerError } from '../docker-error.ts';
import { LogReader, type ReadLine } from './log-reader.ts';

/** A page draws about as often; a busy log becomes a few messages instead of thousands. */
const batchIntervalMs = 50;

/** Five megabytes a second together with the interval: a client which cannot keep up is not flooded. */
const batchLines = 2_000;
const batchChars = 256 * 1024;

/** Docker is not read from while so many lines wait; it holds its own reader back then. */
const mostWaiting = 4_000;

/** dockerd's answer for a log driver that cannot be read. */
const notImplemented = 501;

export interface LogOptions {
  readonly connection: DockerConnection;
  readonly container: Pick<Container, 'id' | 'name'>;
  /** The newest so many lines of what there is. */
  readonly tail: number;
  /** Only what comes behind this cursor. */
  readonly after: string | null;
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal;
}

/**
 * The log of a container in batches: one at once, perhaps empty, then more as there is more, no faster than they are
 * read. Ends when the container does. Throws `wrong_state` where its log driver keeps nothing to read.
 */
export async function* watchLogs(options: LogOptions): AsyncGenerator<LogBatch, void, undefined> {
  const { connection, container, after, signal } = options;
  const leaving = new AbortController();
  const ending = AbortSignal.any([signal, connection.signal, leaving.signal]);
  try {
    const { stream, tty } = await openLog(options, ending);
    const source = new LogSource(stream, new LogReader({ tty }), ending);
    let cursor = after;
    yield { lines: [], cursor };
    for (;;) {
      const found = await source.next();
      if (found === null) return;
      const lines = found.filter((line) => after === null || line.cursor === null || isAfter(line, after));
      cursor = found.findLast((line) => line.cursor !== null)?.cursor ?? cursor;
      if (lines.length > 0) {
        yield { lines: lines.map(({ from, at, text }) => ({ from, at, text })), cursor };
      }
      await sleep(batchIntervalMs, ending);
    }
  } catch (thrown) {
    if (signal.aborted) return;
    const what = `The log of container "${container.name}"`;
    if (dockerStatusOf(thrown) !== notImplemented) throw explainDockerError(thrown, what);
    throw explainDockerError(thrown, what, {
      code: 'wrong_state',
      hint: 'Its log driver sends lines elsewhere and keeps none. Run it with `--log-driver json-file` to see them here.',
    });
  } finally {
    leaving.abort();
  }
}

async function openLog(
  { connection, container, tail, after }: LogOptions,
  abortSignal: AbortSignal,
): Promise<{ stream: Readable; tty: boolean }> {
  const docker = connection.docker.getContainer(container.id);
  const details = await docker.inspect({ abortSignal });
  const request = {
    follow: true as const,
    stdout: true,
    stderr: true,
    timestamps: true,
    // What came before the cursor counts, too.
    tail: after === null ? tail : maxLogLines,
    ...(after !== null && { since: after }),
    abortSignal,
  };
  // dockerode's type has `since` as a number, which cannot hold nanoseconds; the API takes `seconds.nanoseconds`.
  const stream = await docker.logs(request as unknown as Dockerode.ContainerLogsOptions & { follow: true });
  return { stream: stream as Readable, tty: details.Config.Tty };
}

/** Cursors hold seconds of the same number of digits until 2286. */
function isAfter({ cursor }: ReadLine, after: string): boolean {
  return cursor !== null && cursor > after;
}

/** Reads Docker's stream as far as its reader wants it. */
class LogSource {
  readonly #stream: Readable;
  readonly #reader: LogReader;
  readonly #signal: AbortSignal;
  #ended = false;
  #failure: unknown;
  #wake = Promise.withResolvers<void>();

  constructor(stream: Readable, reader: LogReader, signal: AbortSignal) {
    this.#stream = stream;
    this.#reader = reader;
    this.#signal = signal;
    const wake = (): void => this.#wake.resolve();
    stream.on('data', (chunk: Buffer) => {
      reader.push(chunk);
      if (reader.waiting > mostWaiting) stream.pause();
      wake();
    });
    stream.once('error', (error) => {
      this.#failure = error;
    });
    stream.once('close', () => {
      this.#ended = true;
      reader.end();
      wake();
    });
    stream.once('end', () => stream.destroy());
    signal.addEventListener('abort', wake, { once: true });
  }

  /** The next lines as soon as there are some; null at the end. */
  async next(): Promise<ReadLine[] | null> {
    for (;;) {
      this.#signal.throwIfAborted();
      const lines = this.#reader.take({ lines: batchLines, chars: batchChars });
      if (this.#reader.waiting <= mostWaiting) this.#stream.resume();
      if (lines.length > 0) return lines;
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return null;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}
