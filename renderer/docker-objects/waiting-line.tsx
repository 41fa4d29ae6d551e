import { Button } from '../ui/button.tsx';
import { ProgressBar } from '../ui/progress-bar.tsx';
import { formatDuration } from '../ui/text/duration.ts';
import { useNow } from '../ui/use-now.ts';

/** Work whose end Docker does not tell: what it does, for how long already, and a way out. */
export function WaitingLine(props: { label: string; since: number; onStop?: () => void }) {
  const { label, since, onStop } = props;
  const now = useNow(1_000);
  const seconds = Math.floor(Math.max(0, now - since) / 1_000);
  return (
    <div className="flex items-center gap-4">
      <div className="flex min-w-0 flex-1 flex-col gap-1.5">
        <ProgressBar fraction={null} label={label} />
        <p role="status" className="text-sm text-muted">
          {label}
          <span aria-hidden className="tabular-nums">
            {seconds > 0 ? ` · ${formatDuration(seconds * 1_000).replace('.0 s', ' s')}` : ''}
          </span>
        </p>
      </div>
      {onStop ? (
        <Button size="sm" onClick={onStop}>
          Stop
        </Button>
      ) : null}
    </div>
  );
}
