import type { Arch } from '../../../contract/arch.ts';
import type { Price } from '../../../contract/emulation.ts';

/** "This machine: arm64 takes about 3× as long in loops, and 18 ms per program started (native 0.9 ms)." */
export function priceWords(arch: Arch, price: Price): string {
  const loops = `about ${figure(price.loopFactor)}× as long in loops`;
  const execs = `${figure(price.emulatedExecMs)} ms per program started (native ${figure(price.nativeExecMs)} ms)`;
  return `This machine: ${arch} takes ${loops}, and ${execs}.`;
}

/** Two digits are what a benchmark of two seconds is worth. */
function figure(value: number): string {
  return String(value >= 10 ? Math.round(value) : Number(value.toPrecision(value < 1 ? 1 : 2)));
}
