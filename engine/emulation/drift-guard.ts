import { createInterface } from 'node:readline';
import { isAbort } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { sleep } from '../base/time.ts';
import type { GuestLink, GuestProcess } from '../vm/ports.ts';
import { binfmtFolder } from './binfmt-entry.ts';
import type { BinfmtView } from './drift.ts';
import { driftGuardScript } from './drift-guard-script.ts';
import { emulatorsFolder, readReport } from './guest-trip.ts';

/**
 * Between looks for what the kernel does not tell of: a change is to be noticed within 10 s. Such a look is one system
 * call; with what the kernel tells, the guard is there at once.
 */
export const defaultGuardIntervalMs = 6_000;

/** Whatever ended the guard may end the next one too. */
const restartPauseMs = 5_000;

export interface DriftGuardOptions {
  readonly link: GuestLink;
  readonly log: Log;
  readonly intervalMs: number;
  /** Told once at the beginning and after each change. Its `fileBytes` has the emulator of every entry of ours. */
  readonly onView: (view: BinfmtView) => void;
}

/** Watches the guest's binfmt_misc over one connection. */
export class DriftGuard {
  readonly #options: DriftGuardOptions;
  #guard: GuestProcess | undefined;

  constructor(options: DriftGuardOptions) {
    this.#options = options;
  }

  /** Resolves when the connection is gone. */
  async run(): Promise<void> {
    const { link, log } = this.#options;
    while (!link.signal.aborted) {
      try {
        await this.#watch();
        if (!link.signal.aborted) log.warn('the guard of binfmt_misc ended; it begins again');
      } catch (thrown) {
        if (link.signal.aborted) return;
        log.warn({ err: thrown }, 'the guard of binfmt_misc failed; it begins again');
      }
      await sleep(restartPauseMs, link.signal).catch((thrown: unknown) => {
        if (!isAbort(thrown)) throw thrown;
      });
    }
  }

  /**
   * Has it say what it sees, changed or not. To be called after changes of our own: what somebody undoes before the
   * next look would else be as it was when the guard spoke last.
   */
  lookNow(): void {
    this.#guard?.stdin.write('\n');
  }

  async #watch(): Promise<void> {
    const { link, intervalMs, onView } = this.#options;
    const seconds = String(intervalMs / 1_000);
    const guard = await link.spawn(['perl', '-', binfmtFolder, emulatorsFolder, seconds]);
    guard.stdin.on('error', () => undefined);
    guard.stderr.resume();
    guard.stdin.write(driftGuardScript);
    this.#guard = guard;
    try {
      let lines: string[] = [];
      for await (const line of createInterface({ input: guard.stdout })) {
        if (line !== 'end') lines.push(line);
        else {
          onView(readReport(lines));
          lines = [];
        }
      }
    } finally {
      this.#guard = undefined;
      guard.kill();
    }
  }
}
