import { formatAge } from '../../ui/text/duration.ts';

/** How long ago something happened; the moment itself as its title. */
export function EntryTime({ at, now }: { at: number; now: number }) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={new Date(at).toLocaleString()}
      className="text-sm text-muted tabular-nums"
    >
      {formatAge(now - at)}
    </time>
  );
}
