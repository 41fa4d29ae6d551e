import type { ImagePlatform } from '../contract/docker-images.ts';
import type { Forecast } from '../contract/launch.ts';
import { formatBytes } from './output.ts';
import { printable } from './printable.ts';

const shortDigestChars = 19;

const executionWords: Readonly<Record<ImagePlatform['execution'], string>> = {
  native: 'natively',
  emulated: 'emulated',
  off: 'not: its emulation is off',
  unsupported: 'not: no emulator for it',
};

/** One row a platform: its name, how it runs, whether it is there, its size, its digest. */
export function platformRows(platforms: readonly ImagePlatform[]): string[][] {
  return platforms.map(({ platform, execution, present, sizeBytes, digest }) => [
    platform,
    executionWords[execution],
    present ? 'yes' : 'no',
    present ? formatBytes(sizeBytes) : '',
    digest.slice(0, shortDigestChars),
  ]);
}

const severityWords = { stop: 'Will not run', risk: 'Risk', note: 'Note' } as const;

/** What would be started, at what price, and what to know before. */
export function printForecast(forecast: Forecast, say: (line: string) => void): void {
  const { chosen, isaLevel, price, warnings } = forecast;
  if (chosen) {
    const level = isaLevel === null ? '' : ` (offers ${isaLevel})`;
    say(
      `${printable(chosen.platform)} would be started: it runs ${executionWords[chosen.execution]}${level}.`,
    );
  }
  if (price) {
    const { loopFactor, emulatedExecMs, nativeExecMs, at } = price;
    say(
      `Measured here on ${new Date(at).toISOString().slice(0, 10)}: loops take ${loopFactor.toFixed(1)} times as long, ` +
        `starting a program ${emulatedExecMs.toFixed(1)} ms instead of ${nativeExecMs.toFixed(1)} ms.`,
    );
  }
  for (const { severity, text, source } of warnings) {
    say(`${severityWords[severity]}: ${printable(text)}${source === null ? '' : ` (${source})`}`);
  }
}
