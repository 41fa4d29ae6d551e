/** Between looks at the clock. */
const intervalMs = 5_000;

/** A busy machine is late by seconds; one that slept, by minutes. */
const jumpMs = 20_000;

/** Calls `onWake` after the host has been suspended, told by a jump of its clock, until `signal` aborts. */
export function watchForWake(signal: AbortSignal, onWake: () => void): void {
  let lookedAt = Date.now();
  const timer = setInterval(() => {
    const now = Date.now();
    const slept = now - lookedAt > intervalMs + jumpMs;
    lookedAt = now;
    if (slept) onWake();
  }, intervalMs);
  timer.unref();
  if (signal.aborted) clearInterval(timer);
  else signal.addEventListener('abort', () => clearInterval(timer), { once: true });
}
