import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { EngineError } from '../base/engine-error.ts';
import { Publisher } from '../base/publisher.ts';
import { orAborted, sleep, withDeadline } from '../base/time.ts';

/** QEMU's machine protocol, one JSON object a line (QEMU: docs/interop/qmp-spec.rst). */
const Greeting = z.object({
  QMP: z.object({
    version: z.object({
      qemu: z.object({ major: z.number().int(), minor: z.number().int(), micro: z.number().int() }),
    }),
  }),
});
const Success = z.object({ return: z.unknown(), id: z.number() });
const Failure = z.object({
  error: z.object({ class: z.string(), desc: z.string() }),
  id: z.number().optional(),
});
const QmpEvent = z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).optional() });
export type QmpEvent = z.infer<typeof QmpEvent>;
const Message = z.union([Greeting, Failure, Success, QmpEvent]);
type Message = z.infer<typeof Message>;

/** QEMU answers from its main loop, which stands still for seconds while a host is busy writing a disk. */
const commandTimeoutMs = 15_000;

/** QEMU makes its socket some tens of milliseconds after it was started, and whoever resumes waits for it. */
const connectIntervalMs = 5;

interface Waiting {
  resolve(value: unknown): void;
  reject(reason: EngineError): void;
}

/** One connection to a QEMU's control socket. A QEMU serves one client at a time. */
export class QmpClient {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  readonly #events = new Publisher<QmpEvent>();
  readonly #greeted = Promise.withResolvers<void>();
  readonly #closed = Promise.withResolvers<void>();
  #nextId = 1;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // A failing handshake is told by connect(); without a listener the rejection would count as unhandled.
    this.#greeted.promise.catch(() => undefined);
    socket.on('error', () => undefined);
    socket.once('close', () => this.#onClose());
    const lines = createInterface({ input: socket, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('error', () => undefined);
    lines.on('line', (line) => this.#onLine(line));
  }

  /** Retries until the socket exists and speaks. Throws `qemu_failed` after `timeoutMs`. */
  static async connect(options: {
    path: string;
    timeoutMs: number;
    signal: AbortSignal;
  }): Promise<QmpClient> {
    const { path, timeoutMs, signal } = options;
    const onTimeout = () => ({
      code: 'qemu_failed' as const,
      message: `QEMU's control socket ${path} did not answer within ${timeoutMs / 1_000} s.`,
      hint: 'Start the VM again.',
    });
    return await withDeadline({ timeoutMs, signal, onTimeout }, async (within) => {
      for (;;) {
        const socket = await openSocket(path, within);
        if (socket) return await QmpClient.#handshake(socket, within);
        await sleep(connectIntervalMs, within);
      }
    });
  }

  static async #handshake(socket: Socket, signal: AbortSignal): Promise<QmpClient> {
    const client = new QmpClient(socket);
    try {
      await orAborted(client.#greeted.promise, signal);
      await client.execute('qmp_capabilities', z.unknown());
      return client;
    } catch (thrown) {
      client.close();
      throw thrown;
    }
  }

  /** Resolves when the connection is gone, whoever ended it; QEMU's exit is one reason. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Runs a command; the answer must fit `schema`. Throws `qemu_failed` with QEMU's own words. */
  async execute<T>(
    command: string,
    schema: z.ZodType<T>,
    args: Readonly<Record<string, unknown>> = {},
  ): Promise<T> {
    const id = this.#nextId++;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => {
      reject(qmpError(command, `no answer within ${commandTimeoutMs / 1_000} s`));
    }, commandTimeoutMs);
    this.#waiting.set(id, {
      resolve,
      reject: (reason) => reject(qmpError(command, reason.message, reason.details)),
    });
    try {
      if (this.#socket.destroyed) throw qmpError(command, 'the connection is closed');
      this.#socket.write(`${JSON.stringify({ execute: command, arguments: args, id })}\n`);
      const answer = schema.safeParse(await promise);
      if (!answer.success) throw qmpError(command, `unexpected answer: ${z.prettifyError(answer.error)}`);
      return answer.data;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** A command of the human monitor; the answer, errors too, is text for people. */
  async humanMonitor(line: string): Promise<string> {
    return await this.execute('human-monitor-command', z.string(), { 'command-line': line });
  }

  /** Calls `listener` for each of QEMU's events until the returned function is called. */
  onEvent(listener: (event: QmpEvent) => void): () => void {
    return this.#events.listen(listener);
  }

  close(): void {
    this.#socket.destroy();
  }

  #onLine(line: string): void {
    const message = parseMessage(line);
    // A line that is no QMP message means that whoever listens there is not QEMU.
    if (!message) this.#socket.destroy();
    else if ('QMP' in message) this.#greeted.resolve();
    else if ('event' in message) this.#events.publish(message);
    else if ('error' in message) this.#settle(message.id, (waiting) => waiting.reject(asError(message)));
    else this.#settle(message.id, (waiting) => waiting.resolve(message.return));
  }

  /** An answer to a command which nobody waits for any more, after a timeout, is dropped. */
  #settle(id: number | undefined, settle: (waiting: Waiting) => void): void {
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (waiting) settle(waiting);
  }

  #onClose(): void {
    const error = new EngineError({ code: 'qemu_failed', message: 'QEMU closed its control socket' });
    this.#greeted.reject(error);
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#closed.resolve();
  }
}

/** Undefined while nobody listens there. */
async function openSocket(path: string, signal: AbortSignal): Promise<Socket | undefined> {
  const socket = connect(path);
  const opened = new Promise<Socket | undefined>((resolve) => {
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(undefined));
  });
  try {
    return await orAborted(opened, signal);
  } catch (thrown) {
    socket.destroy();
    throw thrown;
  }
}

function parseMessage(line: string): Message | undefined {
  try {
    return Message.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

function asError(failure: z.infer<typeof Failure>): EngineError {
  return new EngineError({
    code: 'qemu_failed',
    message: failure.error.desc,
    details: { class: failure.error.class },
  });
}

function qmpError(command: string, why: string, details: Readonly<Record<string, string>> = {}): EngineError {
  return new EngineError({ code: 'qemu_failed', message: `QEMU's ${command} failed: ${why}.`, details });
}
