import type { ImagePlatform, PlatformExecution } from '../../../contract/docker-images.ts';
import { Pill } from '../../ui/pill.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import type { Tone } from '../../ui/tone.ts';

export const executionWords: Record<PlatformExecution, { word: string; sentence: string; tone: Tone }> = {
  native: { word: 'native', sentence: 'Runs on the processor itself', tone: 'neutral' },
  emulated: { word: 'emulated', sentence: 'Runs under its emulator', tone: 'foreign' },
  off: { word: 'off', sentence: 'Its emulation is off: it does not run now', tone: 'warn' },
  unsupported: { word: 'unsupported', sentence: 'Nothing here can run it', tone: 'neutral' },
};

/** A platform's name without `linux/`, which all but the strangest have. */
export function platformName({ platform }: ImagePlatform): string {
  return plainText(platform).replace(/^linux\//, '');
}

/** A platform of an image and how it would run; dashed when its content is not in the VM. */
export function PlatformPill({ platform }: { platform: ImagePlatform }) {
  const words = executionWords[platform.execution];
  const name = platformName(platform);
  if (!platform.present) {
    return (
      <Pill outline className="border-dashed font-normal" title={`${words.sentence}. Not pulled`}>
        <span className="font-mono">{name}</span>
        <span className="sr-only"> {words.word}, not pulled</span>
      </Pill>
    );
  }
  return (
    <Pill tone={words.tone} outline={platform.execution === 'native'} title={words.sentence}>
      <span className="font-mono">{name}</span> · {words.word}
    </Pill>
  );
}
