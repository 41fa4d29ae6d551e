import { Progress } from '@base-ui/react/progress';

/** `fraction` 0 to 1; null when the end is not known. */
export function ProgressBar({ fraction, label }: { fraction: number | null; label: string }) {
  return (
    <Progress.Root
      value={fraction === null ? null : Math.min(100, Math.round(fraction * 100))}
      aria-label={label}
    >
      <Progress.Track className="block h-1.5 overflow-hidden rounded-full bg-hover">
        <Progress.Indicator className="block h-full rounded-full bg-accent transition-[width] data-indeterminate:w-1/3 data-indeterminate:motion-safe:animate-breathe" />
      </Progress.Track>
    </Progress.Root>
  );
}
