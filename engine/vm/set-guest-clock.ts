import { EngineError } from '../base/engine-error.ts';
import type { GuestExecOptions, GuestLink } from './ports.ts';

/** A clock that is right to about a second is left alone. */
const toleranceMs = 1_000;

/** An answer within this time says well enough what the guest's clock shows; a slower one is asked for again. */
const promptMs = 600;
const mostQuestions = 3;

/** Moves the clock by so many milliseconds from what it shows at that moment, however long the program took to start. */
const script =
  'now=$(($(date +%s%N) + $1 * 1000000)); exec date -u -s "@$((now / 1000000000)).$(printf %09d $((now % 1000000000)))"';

/**
 * Sets the guest's clock to the host's where it is wrong by more than a second: it stands while its guest does. An
 * emulated guest takes seconds to start a program while it is busy, so what it shows is taken to be of the middle between
 * question and answer, and known to half of the time between them.
 */
export async function setGuestClock(link: GuestLink, options: GuestExecOptions = {}): Promise<void> {
  let best = await askClock(link, options);
  for (let asked = 1; best.tookMs > promptMs && asked < mostQuestions; asked += 1) {
    const next = await askClock(link, options);
    if (next.tookMs < best.tookMs) best = next;
  }
  if (Math.abs(best.lateMs) <= toleranceMs + best.tookMs / 2) return;
  const argv = ['sh', '-c', script, 'sh', String(Math.round(best.lateMs))];
  const { code, stderr } = await link.exec(argv, options);
  if (code !== 0) throw failed(stderr, code);
}

/** By how much the guest's clock is behind the host's. */
async function askClock(
  link: GuestLink,
  options: GuestExecOptions,
): Promise<{ lateMs: number; tookMs: number }> {
  const askedAt = Date.now();
  const { code, stdout, stderr } = await link.exec(['sh', '-c', 'exec date +%s%3N'], options);
  if (code !== 0) throw failed(stderr, code);
  const tookMs = Date.now() - askedAt;
  return { lateMs: askedAt + tookMs / 2 - Number(stdout), tookMs };
}

function failed(stderr: string, code: number): EngineError {
  return new EngineError({
    code: 'guest_command_failed',
    message: `The clock of the VM cannot be set: ${stderr.trim() || `exit code ${code}`}.`,
  });
}
