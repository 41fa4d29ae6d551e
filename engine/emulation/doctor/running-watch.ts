import type { GuestLink } from '../../vm/ports.ts';
import type { ContainerEvidence } from './ports.ts';
import { type GuestLook, lookScript, readLooks } from './stuck-process.ts';

/** Something about a container that still runs. */
export type RunningFinding =
  | { readonly kind: 'stuck'; readonly container: string; readonly signal: number }
  | {
      readonly kind: 'silent';
      readonly container: string;
      readonly silentMs: number;
      readonly busyShare: number;
    };

/** Builds that print nothing for minutes are common, for hours they are not. */
const silentAfterMs = 2 * 3_600_000;

/** Of one processor. Less is waiting for something, as servers do. */
const busyShareLimit = 0.5;

interface Known {
  readonly pid: number;
  readonly tty: boolean;
  readonly startedAt: number;
  /** Guest's clock and processor time at the last look. */
  lookedAt: number;
  cpuMs: number | null;
  /** Since when every look found it busy; null while it was not. */
  busySince: number | null;
  busyShare: number;
}

/**
 * Looks at foreign containers that run: whether their main process crashed without being able to end, and whether they
 * are busy for hours without a word. One command in the guest for all of them, and none when there are none.
 */
export class RunningWatch {
  readonly #evidence: ContainerEvidence;
  readonly #link: Pick<GuestLink, 'exec'>;
  readonly #known = new Map<string, Known>();

  constructor(options: { evidence: ContainerEvidence; link: Pick<GuestLink, 'exec'> }) {
    this.#evidence = options.evidence;
    this.#link = options.link;
  }

  /** `containers` are all that are worth a look now; others are forgotten. */
  async look(containers: readonly string[], signal: AbortSignal): Promise<RunningFinding[]> {
    for (const id of this.#known.keys()) if (!containers.includes(id)) this.#known.delete(id);
    for (const id of containers) await this.#learn(id, signal);
    if (this.#known.size === 0) return [];
    const pids = [...this.#known.values()].map(({ pid }) => String(pid));
    const { stdout } = await this.#link.exec(['sh', '-c', lookScript, 'sh', ...pids], { signal });
    const { at, byPid } = readLooks(stdout);
    const findings: RunningFinding[] = [];
    for (const [container, known] of this.#known) {
      const look = byPid.get(known.pid);
      if (!look) continue;
      if (look.stuckSignal !== null) {
        findings.push({ kind: 'stuck', container, signal: look.stuckSignal });
        continue;
      }
      const silent = await this.#silence(container, known, { ...look, at }, signal);
      if (silent) findings.push(silent);
    }
    return findings;
  }

  async #learn(id: string, signal: AbortSignal): Promise<void> {
    const known = this.#known.get(id);
    const { pid, startedAt, tty } = await this.#evidence.facts(id, signal);
    if (pid === null || startedAt === null) this.#known.delete(id);
    else if (known?.pid !== pid) {
      this.#known.set(id, { pid, tty, startedAt, lookedAt: 0, cpuMs: null, busySince: null, busyShare: 0 });
    }
  }

  async #silence(
    container: string,
    known: Known,
    look: GuestLook & { at: number },
    signal: AbortSignal,
  ): Promise<RunningFinding | null> {
    const elapsedMs = look.at - known.lookedAt;
    const usedMs = look.cpuMs !== null && known.cpuMs !== null ? look.cpuMs - known.cpuMs : 0;
    known.busyShare = elapsedMs > 0 ? usedMs / elapsedMs : 0;
    if (known.busyShare < busyShareLimit) known.busySince = null;
    else known.busySince ??= known.lookedAt;
    known.lookedAt = look.at;
    known.cpuMs = look.cpuMs;
    if (known.busySince === null || look.at - known.busySince < silentAfterMs) return null;
    const lastOutput =
      (await this.#evidence.lastOutputAt({ id: container, tty: known.tty }, signal)) ?? known.startedAt;
    const silentMs = look.at - Math.max(lastOutput, known.busySince);
    if (silentMs < silentAfterMs) return null;
    return { kind: 'silent', container, silentMs, busyShare: known.busyShare };
  }
}
