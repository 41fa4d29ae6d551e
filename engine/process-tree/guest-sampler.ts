import { EngineError } from '../base/engine-error.ts';
import { withDeadline } from '../base/time.ts';
import type { GuestLink, GuestProcess } from '../vm/ports.ts';
import { type RawMemory, readRawMemory } from './raw-memory.ts';
import { type RawSample, readRawSample } from './raw-sample.ts';
import { type RawUsage, readRawUsage } from './raw-usage.ts';
import { samplerScript } from './sampler-script.ts';

/** Thousands of processes under TCG take a second or two; beyond this the guest is stuck. */
const sampleTimeoutMs = 20_000;

/** More than a guest full of processes with the longest arguments that are read. */
const maxFrameBytes = 64 * 1024 * 1024;

/** The sampler process in one guest. It reads /proc when asked and waits otherwise. */
export class GuestSampler {
  readonly #process: GuestProcess;
  readonly #chunks: AsyncIterator<Buffer>;
  #buffered: Buffer = Buffer.alloc(0);
  /** Settles when no question is open; answers come in the order of questions. */
  #busy: Promise<unknown> = Promise.resolve();

  private constructor(process: GuestProcess) {
    this.#process = process;
    this.#chunks = process.stdout[Symbol.asyncIterator]();
    // Perl's complaints end up in the exit; unread they would block it.
    process.stderr.resume();
    process.stdin.on('error', () => undefined);
  }

  static async start(link: GuestLink): Promise<GuestSampler> {
    const process = await link.spawn(['perl', '-']);
    process.stdin.write(samplerScript);
    return new GuestSampler(process);
  }

  /** Reads /proc once. After a failure the sampler is of no use any more: close it. */
  async sample(signal: AbortSignal): Promise<RawSample> {
    return readRawSample(await this.#ask('', signal));
  }

  /** Reads how much of these processes' memory is their emulator's. Failures as with `sample`. */
  async memory(pids: readonly number[], signal: AbortSignal): Promise<RawMemory> {
    return readRawMemory(await this.#ask(`memory ${pids.join(' ')}`, signal));
  }

  /** Reads what containers use; `container` null: a little of each, otherwise all of that one. Failures as above. */
  async usage(container: string | null, signal: AbortSignal): Promise<RawUsage> {
    return readRawUsage(await this.#ask(`usage ${container ?? ''}`.trim(), signal));
  }

  /** Ends the guest's process and waits until it has ended. */
  async close(): Promise<void> {
    this.#process.stdin.end();
    this.#process.kill();
    await this.#process.exited;
  }

  #ask(question: string, signal: AbortSignal): Promise<Buffer> {
    const asking = this.#busy
      .catch(() => undefined)
      .then(() =>
        withDeadline(
          {
            timeoutMs: sampleTimeoutMs,
            signal,
            onTimeout: () => ({
              code: 'guest_command_failed',
              message: `The VM did not list its processes within ${sampleTimeoutMs / 1_000} seconds.`,
              hint: 'It is overloaded or stuck; try again, or restart the VM.',
            }),
          },
          (deadline) => this.#answer(question, deadline),
        ),
      );
    this.#busy = asking;
    return asking;
  }

  async #answer(question: string, signal: AbortSignal): Promise<Buffer> {
    signal.throwIfAborted();
    // Whoever waits for a chunk is woken by the end of the stream.
    const stop = (): void => this.#process.kill();
    signal.addEventListener('abort', stop, { once: true });
    try {
      this.#process.stdin.write(`${question}\n`);
      const bytes = (await this.#take(4)).readUInt32BE(0);
      if (bytes > maxFrameBytes) throw brokenSampler('it answered in a form that this engine does not know');
      return await this.#take(bytes);
    } catch (thrown) {
      signal.throwIfAborted();
      throw thrown;
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  async #take(bytes: number): Promise<Buffer> {
    const parts = [this.#buffered];
    let available = this.#buffered.length;
    while (available < bytes) {
      const next = await this.#chunks.next();
      if (next.done) throw brokenSampler('it ended');
      parts.push(next.value);
      available += next.value.length;
    }
    const all = Buffer.concat(parts);
    this.#buffered = all.subarray(bytes);
    return all.subarray(0, bytes);
  }
}

function brokenSampler(why: string): EngineError {
  return new EngineError({
    code: 'guest_command_failed',
    message: `The process sampler in the VM failed: ${why}.`,
    hint: 'Try again. If it stays, the VM is out of memory or its image lacks perl-base.',
  });
}
