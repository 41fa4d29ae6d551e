/** How the corpus tells what it is doing; a terminal, a test's log, or nothing. */
export interface Report {
  /** A step has begun or ended. */
  say(text: string): void;
  /** A step with bytes: called often. */
  progress(what: string, doneBytes: number, totalBytes: number): void;
}

/** At most this often a line where lines cannot be overwritten, as in a log. */
const intervalMs = 5_000;

/** One line an event on standard error, each with the time since the start. */
export function textReport(write: (line: string) => void): Report {
  const startedAt = Date.now();
  let toldAt = 0;
  const say = (text: string): void => {
    const seconds = Math.round((Date.now() - startedAt) / 1_000);
    const minutes = Math.floor(seconds / 60);
    write(`${String(minutes).padStart(3)}:${String(seconds % 60).padStart(2, '0')}  ${text}\n`);
  };
  return {
    say,
    progress: (what, doneBytes, totalBytes) => {
      if (Date.now() - toldAt < intervalMs && doneBytes < totalBytes) return;
      toldAt = Date.now();
      say(`${what}: ${megabytes(doneBytes)} of ${megabytes(totalBytes)}`);
    },
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
