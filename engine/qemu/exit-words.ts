import type { ProcessExit } from './qemu-process.ts';

/** "QEMU ended with SIGABRT: failed to set MSR 0x10a". */
export function exitWords({ code, signal, stderrTail }: ProcessExit): string {
  const why = stderrTail.split('\n').at(0) ?? '';
  return `QEMU ended with ${signal ?? `code ${code}`}${why === '' ? '' : `: ${why}`}`;
}
