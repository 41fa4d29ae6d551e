import type { EmulatorChoice, EmulatorSuite, Price } from '../../../contract/emulation.ts';

export const suiteWords: Record<EmulatorSuite, string> = {
  stable: 'Debian stable',
  backports: 'Debian backports',
};

/** QEMU's own version out of Debian's: `10.0.13` of `10.0.13+ds-0+deb13u1`. */
export function shortVersion(version: string): string {
  return version.split(/[+~-]/, 1)[0] || version;
}

/** How a choice is called: by its version, or by its suite as long as that has not been asked. */
export function choiceName(choice: EmulatorChoice): string {
  if (choice.version !== null) return shortVersion(choice.version);
  return choice.suite === null ? 'unknown version' : `newest of ${suiteWords[choice.suite]}`;
}

/** What to ask the engine for. Null when the choice cannot be named. */
export function choiceVersion(choice: EmulatorChoice): string | null {
  return choice.version ?? choice.suite;
}

/** "about 3.1×": two digits, as the measurement repeats itself no better than that. */
export function factorWords(factor: number): string {
  return `about ${factor < 10 ? Number(factor.toFixed(1)) : Math.round(factor)}×`;
}

/** "about 3.1× in loops, 18 ms per exec (native 0.9)". */
export function priceWords(price: Price): string {
  const emulated = milliseconds(price.emulatedExecMs);
  return `${factorWords(price.loopFactor)} in loops, ${emulated} ms per exec (native ${milliseconds(price.nativeExecMs)})`;
}

function milliseconds(ms: number): string {
  return ms < 10 ? String(Number(ms.toFixed(1))) : String(Math.round(ms));
}
