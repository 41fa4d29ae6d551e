import type { Container } from '../../../contract/records.ts';

/** True for one that ended, or never began, because something went wrong, as far as its exit code tells. */
export function hasFailed(container: Container): boolean {
  if (container.diagnosis !== null || container.state === 'dead') return true;
  const ended = container.state === 'exited' || container.state === 'created';
  return ended && container.exitCode !== null && container.exitCode !== 0;
}

/** Signals a person meets; the numbers are Linux's on every architecture but MIPS, for these. */
const signals: Record<number, string> = {
  1: 'SIGHUP',
  2: 'SIGINT, interrupted',
  4: 'SIGILL, an instruction the processor does not have',
  5: 'SIGTRAP, a breakpoint',
  6: 'SIGABRT, it gave up by itself',
  7: 'SIGBUS, a bad memory access',
  8: 'SIGFPE, an arithmetic error',
  9: 'SIGKILL, killed: often because memory ran out, or by docker stop',
  11: 'SIGSEGV, a bad memory access',
  13: 'SIGPIPE',
  15: 'SIGTERM, asked to end',
};

/** A sentence about an exit code by itself, without any claim about its cause. Source: docker run, "Exit status". */
export function describeExitCode(code: number): string {
  if (code === 125) return 'Docker itself could not run it.';
  if (code === 126) return 'Its command is there but could not be executed.';
  if (code === 127) return 'Its command was not found.';
  const signal = code > 128 && code < 193 ? code - 128 : null;
  if (signal === null) return 'The program chose this code itself.';
  return `Ended by signal ${signal}${signals[signal] ? ` (${signals[signal]})` : ''}.`;
}
