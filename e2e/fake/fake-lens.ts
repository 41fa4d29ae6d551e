import type { LensMode, LensReport } from '../../contract/syscall-lens.ts';
import type { FakeScript } from './fake-script.ts';

/** A lens whose reports the spec shows one by one; it ends with the first which is not of a running program. */
export class FakeLens {
  /** How many streams of reports are being read. */
  watchers = 0;
  readonly #script: FakeScript;
  #report: Partial<LensReport> = {};
  #changed = Promise.withResolvers<void>();

  constructor(script: FakeScript) {
    this.#script = script;
  }

  /** What the next report says besides where it is from. */
  show(report: Partial<LensReport>): void {
    this.#report = report;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async *watch(
    options: { container: string; mode: LensMode; seconds: number },
    signal: AbortSignal,
  ): AsyncGenerator<LensReport, void, undefined> {
    const { container, mode, seconds } = options;
    await this.#script.carryOut('watchLens', mode, String(seconds));
    const startedAt = Date.now();
    const left = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => left.resolve(), { once: true });
    this.watchers += 1;
    try {
      while (!signal.aborted) {
        const report: LensReport = {
          container,
          mode,
          state: 'running',
          exitCode: null,
          startedAt,
          elapsedMs: Date.now() - startedAt,
          calls: [],
          tail: [],
          truncated: false,
          problem: null,
          ...this.#report,
        };
        yield report;
        if (report.state !== 'running') return;
        await Promise.race([this.#changed.promise, left.promise]);
      }
    } finally {
      this.watchers -= 1;
    }
  }
}
