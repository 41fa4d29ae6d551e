import { Duplex, Readable, Writable } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/*
 * ssh2's channels are not quite Node streams: `destroy` neither emits `close` nor takes an error, a write to a channel
 * which the peer closed never calls back, and a lost connection looks like a clean end. These wrappers keep the
 * contract that `pipe`, `pipeline` and `for await` rely on.
 */

/** Why a stream failed, when its connection went away under it. */
export type LostError = () => Error;

/** Both directions of a channel as one stream; each side may end its half first. */
export class ChannelStream extends Duplex {
  readonly #channel: ClientChannel;
  readonly #output: OutputFlow;
  readonly #input: InputFlow;

  constructor(channel: ClientChannel, lost: { signal: AbortSignal; error: LostError }) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    this.#output = new OutputFlow(channel, this);
    this.#input = new InputFlow(channel);
    destroyOnLoss(this, lost);
    channel.once('close', () => {
      this.#input.closedByPeer();
      // Nothing can be said any more; what was said is still read.
      if (this.readableEnded) this.destroy();
      else this.once('end', () => this.destroy());
    });
  }

  override _read(): void {
    this.#output.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    this.#input.write(chunk, done);
  }

  override _final(done: WriteDone): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#input.closedByPeer();
    release(this.#channel);
    done(error);
  }
}

/** What a command writes, `stdout` or `stderr`. Destroying it leaves the command running. */
export class ChannelOutput extends Readable {
  readonly #output: OutputFlow;

  constructor(source: Readable, lost: { signal: AbortSignal; error: LostError }) {
    super();
    this.#output = new OutputFlow(source, this);
    destroyOnLoss(this, lost);
  }

  override _read(): void {
    this.#output.resume();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    // Unread output would hold back the other streams of the channel, which share its window.
    this.#output.discard();
    done(error);
  }
}

/** A command's standard input. */
export class ChannelInput extends Writable {
  readonly #channel: ClientChannel;
  readonly #input: InputFlow;

  constructor(channel: ClientChannel, lost: { signal: AbortSignal; error: LostError }) {
    super();
    this.#channel = channel;
    this.#input = new InputFlow(channel);
    destroyOnLoss(this, lost);
    channel.once('close', () => this.#input.closedByPeer());
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: WriteDone): void {
    this.#input.write(chunk, done);
  }

  override _final(done: WriteDone): void {
    this.#channel.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#input.closedByPeer();
    this.#channel.end();
    done(error);
  }
}

type WriteDone = (error?: Error | null) => void;

/** Moves bytes from an ssh2 stream into a Readable, no faster than it is read. */
class OutputFlow {
  readonly #source: Readable;

  constructor(source: Readable, target: Readable) {
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      if (!target.destroyed && !target.push(chunk)) source.pause();
    });
    source.once('end', () => {
      if (!target.destroyed) target.push(null);
    });
    source.pause();
  }

  resume(): void {
    this.#source.resume();
  }

  discard(): void {
    this.#source.removeAllListeners('data');
    this.#source.resume();
  }
}

/** Writes to a channel and settles every write, also those which the peer will never take. */
class InputFlow {
  readonly #channel: ClientChannel;
  #pending: WriteDone | undefined;
  #closed = false;

  constructor(channel: ClientChannel) {
    this.#channel = channel;
  }

  write(chunk: Buffer, done: WriteDone): void {
    if (this.#closed) {
      done(peerClosed());
      return;
    }
    this.#pending = done;
    this.#channel.write(chunk, () => {
      if (this.#pending !== done) return;
      this.#pending = undefined;
      done();
    });
  }

  closedByPeer(): void {
    this.#closed = true;
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.(peerClosed());
  }
}

function peerClosed(): Error {
  return Object.assign(new Error('The other side has closed the stream'), { code: 'EPIPE' });
}

/** Closes the channel and throws away what still arrives, so that ssh2 forgets it. */
function release(channel: ClientChannel): void {
  channel.removeAllListeners('data');
  channel.resume();
  channel.stderr.resume();
  channel.close();
}

function destroyOnLoss(stream: Readable | Writable, lost: { signal: AbortSignal; error: LostError }): void {
  // Whoever uses the stream hears of the loss by its end; a stream nobody listens to must not end the engine.
  stream.on('error', () => undefined);
  const onLost = (): void => {
    stream.destroy(lost.error());
  };
  if (lost.signal.aborted) {
    onLost();
    return;
  }
  lost.signal.addEventListener('abort', onLost, { once: true });
  stream.once('close', () => lost.signal.removeEventListener('abort', onLost));
}
