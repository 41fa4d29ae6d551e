import { createInterface, type Interface } from 'node:readline';
import { EngineError } from '../base/engine-error.ts';
import { withDeadline } from '../base/time.ts';
import { nameOf } from '../shares/share-mounts.ts';
import type { GuestLink, GuestProcess } from '../vm/ports.ts';
import { raiseEventsScript } from './raise-events-script.ts';

/**
 * Where the guest mounts the device of the shared folders (vm-templates: mount-shares). They are mounted at their own
 * paths as well, but a share that is read-only there refuses even what changes nothing.
 */
const placeInHub = (share: string): string => `/run/foredeck/shares/${nameOf(share)}`;

/** Under TCG a batch takes a second or two; beyond this the guest, or the server of the share, is stuck. */
const batchTimeoutMs = 60_000;

/** What to tell of in one share; its paths lie in it, without a leading slash. */
export interface ShareEvents {
  /** On the host, without symbolic links. */
  readonly share: string;
  /** Files that changed, and names that came or went. */
  readonly files: readonly string[];
  /** Folders in which names came or went; `''` is the share itself. */
  readonly folders: readonly string[];
}

/** What became of a batch. */
export interface RaisedEvents {
  /** Files told of by IN_MODIFY. */
  readonly modified: number;
  /** Files told of by IN_ATTRIB. */
  readonly attributes: number;
  readonly folders: number;
  /** No longer there, or not yet: nothing was raised. */
  readonly gone: number;
  /** The guest's kernel or the share's server would not have it. */
  readonly refused: number;
}

/** The process in one guest which raises inotify events there. It sleeps between batches. */
export class EventRaiser {
  readonly #process: GuestProcess;
  readonly #lines: Interface;
  readonly #answers: AsyncIterator<string>;

  readonly #mountedAt: (share: string) => string;

  private constructor(process: GuestProcess, mountedAt: (share: string) => string) {
    this.#process = process;
    this.#mountedAt = mountedAt;
    // Perl's complaints end up in the exit; unread they would block it.
    process.stderr.resume();
    process.stdin.on('error', () => undefined);
    this.#lines = createInterface({ input: process.stdout });
    this.#answers = this.#lines[Symbol.asyncIterator]();
  }

  /** `mountedAt`: where the guest has a share. */
  static async start(link: GuestLink, mountedAt = placeInHub): Promise<EventRaiser> {
    const process = await link.spawn(['perl', '-']);
    process.stdin.write(raiseEventsScript);
    return new EventRaiser(process, mountedAt);
  }

  /** Resolves when all of it has been told. One batch at a time; after a failure close it. */
  async raise(batch: readonly ShareEvents[], signal: AbortSignal): Promise<RaisedEvents> {
    this.#process.stdin.write(recordsOf(this.#mountedAt, batch));
    return await withDeadline(
      {
        timeoutMs: batchTimeoutMs,
        signal,
        onTimeout: () => ({
          code: 'guest_command_failed',
          message: `The VM was not told of changed files within ${batchTimeoutMs / 1_000} seconds.`,
          hint: 'It is overloaded or stuck, or a shared folder does not answer.',
        }),
      },
      (deadline) => this.#answer(deadline),
    );
  }

  /** Ends the guest's process. One that waits for a share which does not answer ends when that does, or is gone. */
  close(): void {
    this.#process.stdin.end();
    this.#process.kill();
    this.#lines.close();
  }

  async #answer(signal: AbortSignal): Promise<RaisedEvents> {
    signal.throwIfAborted();
    // Whoever waits for a line is woken by the end of the lines.
    const stop = (): void => this.#lines.close();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const line = await this.#answers.next();
      signal.throwIfAborted();
      if (line.done) throw brokenRaiser('it ended');
      const [modified, attributes, folders, gone, refused] = line.value.split(' ').map(Number);
      if (refused === undefined || Number.isNaN(refused))
        throw brokenRaiser('it answered in an unknown form');
      return {
        modified: modified ?? 0,
        attributes: attributes ?? 0,
        folders: folders ?? 0,
        gone: gone ?? 0,
        refused,
      };
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }
}

/** No path holds a zero byte, so nothing is quoted. */
function recordsOf(mountedAt: (share: string) => string, batch: readonly ShareEvents[]): string {
  const records = batch.flatMap(({ share, files, folders }) => [
    `s${mountedAt(share)}`,
    ...files.map((path) => `f${path}`),
    ...folders.map((path) => `d${path}`),
  ]);
  return `${records.join('\0')}\0\0`;
}

function brokenRaiser(why: string): EngineError {
  return new EngineError({
    code: 'guest_command_failed',
    message: `The VM cannot be told of changed files: ${why}.`,
    hint: 'It is tried again. If it stays, the VM is out of memory or its image lacks perl-base.',
  });
}
