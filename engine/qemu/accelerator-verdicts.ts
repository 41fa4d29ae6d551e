import { z } from 'zod';
import { type Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';

/** A verdict holds for one QEMU, one guest kernel and one machine; when any of them changes it is tried again. */
export interface VerdictKey {
  readonly qemu: string;
  readonly kernel: string;
  readonly machine: string;
}

/**
 * Firmware settings and host modules change without any of the key's parts changing, so that even a verdict on the
 * same QEMU, kernel and machine is tried again after a week.
 */
const longestAgeMs = 7 * 24 * 3_600_000;

const Verdict = AcceleratorTrial.extend({ qemu: z.string(), kernel: z.string(), machine: z.string() });
type Verdict = z.infer<typeof Verdict>;
const VerdictFile = z.object({ version: z.literal(1), verdicts: z.array(Verdict) });

/** Remembers which accelerators brought a guest up, in a small file that may be deleted at any time. */
export class AcceleratorVerdicts {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** What is known, as far as it is fresh enough to be believed. */
  async find(key: VerdictKey, now = Date.now()): Promise<Map<Accelerator, AcceleratorTrial>> {
    const fresh = (await this.#read()).filter((verdict) => sameKey(verdict, key) && isFresh(verdict, now));
    return new Map(fresh.map((verdict) => [verdict.accelerator, AcceleratorTrial.parse(verdict)]));
  }

  async remember(key: VerdictKey, trial: AcceleratorTrial): Promise<void> {
    const others = (await this.#read()).filter(
      (verdict) =>
        isFresh(verdict, trial.at) && !(sameKey(verdict, key) && verdict.accelerator === trial.accelerator),
    );
    const verdicts = [...others, { ...trial, ...key }];
    await writeFileAtomic(this.#path, `${JSON.stringify({ version: 1, verdicts }, null, 2)}\n`);
  }

  /** A file that cannot be read is no reason not to start: it costs a trial. */
  async #read(): Promise<Verdict[]> {
    const text = await readFileIfAny(this.#path);
    if (text === undefined) return [];
    try {
      return VerdictFile.parse(JSON.parse(text)).verdicts;
    } catch {
      return [];
    }
  }
}

function sameKey(a: VerdictKey, b: VerdictKey): boolean {
  return a.qemu === b.qemu && a.kernel === b.kernel && a.machine === b.machine;
}

function isFresh(verdict: Verdict, now: number): boolean {
  return verdict.at <= now && now - verdict.at < longestAgeMs;
}
