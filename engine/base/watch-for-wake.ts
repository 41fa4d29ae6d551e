/** Between looks at the clock: a timer and a subtraction, so that a wake is noticed within seconds where nobody tells. */
const intervalMs = 2_000;

export interface WakeWatch {
  /** Shorter jumps of the clock are left alone: a busy machine's timers are late by a second or two. */
  readonly leastMs: number;
  readonly onWake: () => void;
}

/**
 * Calls `onWake` after this process or its host has stood still, or the host's clock was set, until `signal` aborts: the
 * clock is elsewhere than the timer says. That holds whether or not the timer goes on while the host sleeps (Linux's does
 * not, macOS's does).
 */
export function watchForWake(signal: AbortSignal, { leastMs, onWake }: WakeWatch): void {
  let lookedAt = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const jumpMs = now - lookedAt - intervalMs;
    lookedAt = now;
    if (Math.abs(jumpMs) > leastMs) onWake();
  }, intervalMs);
  timer.unref();
  if (signal.aborted) clearInterval(timer);
  else signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
