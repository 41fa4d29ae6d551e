import { classNames } from './class-names.ts';

export type LampTone = 'off' | 'good' | 'warn' | 'bad' | 'busy' | 'unknown';

const looks: Record<LampTone, string> = {
  off: 'bg-transparent border-line-strong',
  good: 'bg-good-lamp border-transparent',
  warn: 'bg-warn-lamp border-transparent',
  bad: 'bg-bad-lamp border-transparent',
  busy: 'bg-accent border-transparent motion-safe:animate-breathe',
  unknown: 'bg-transparent border-line-strong border-dashed',
};

/** A coloured dot. Decoration: the words beside it say the same. */
export function Lamp({ tone, className }: { tone: LampTone; className?: string }) {
  return (
    <span
      aria-hidden
      className={classNames(
        'inline-block size-2.5 shrink-0 rounded-full border-[1.5px]',
        looks[tone],
        className,
      )}
    />
  );
}
