import {
  Boxes,
  CircleDot,
  Hammer,
  HardDrive,
  Layers,
  type LucideIcon,
  Network,
  Stethoscope,
} from 'lucide-react';
import type { ActivityEntry } from '../../../contract/activity.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { entryHref } from './activity-links.ts';
import { EntryTime } from './entry-time.tsx';
import { RefusedRow } from './refused-row.tsx';

const icons: Readonly<Record<string, LucideIcon>> = {
  container: Boxes,
  image: Layers,
  volume: HardDrive,
  network: Network,
  builder: Hammer,
};

/** Names of things that have nothing but a digest are cut where a person stops reading. */
const shownIdLength = 19;

/** One line: what happened to what, and when. */
export function EntryRow({ entry, now }: { entry: ActivityEntry; now: number }) {
  if (entry.kind === 'refused-mount') return <RefusedRow entry={entry} now={now} />;
  return <ToldRow entry={entry} now={now} />;
}

type Told = Exclude<ActivityEntry, { kind: 'refused-mount' }>;

function ToldRow({ entry, now }: { entry: Told; now: number }) {
  const href = entryHref(entry);
  const Icon = entry.kind === 'doctor' ? Stethoscope : (icons[entry.type] ?? CircleDot);
  const name = <Untrusted text={shortName(entry)} />;
  return (
    <div className="flex min-h-9 flex-wrap items-center gap-x-3 gap-y-0 px-4 py-1.5">
      <Icon
        aria-hidden
        className={entry.kind === 'doctor' ? 'size-4 shrink-0 text-warn' : 'size-4 shrink-0 text-faint'}
      />
      <p className="min-w-0 flex-1 basis-60 truncate">
        <span className="text-muted">{what(entry)} </span>
        {href === undefined ? (
          name
        ) : (
          <a href={href} className="rounded font-medium hover:text-accent hover:underline">
            {name}
          </a>
        )}
        <span className="text-sm text-muted">
          {entry.kind === 'doctor' ? ': ' : entry.note ? ' · ' : ''}
          <Untrusted text={entry.kind === 'doctor' ? entry.title : entry.note} />
        </span>
      </p>
      <EntryTime at={entry.at} now={now} />
    </div>
  );
}

/** "Container start", as Docker calls it. */
function what(entry: Told): string {
  if (entry.kind === 'doctor') return 'Doctor’s verdict on';
  const type = plainText(entry.type);
  return `${type.charAt(0).toUpperCase()}${type.slice(1)} ${plainText(entry.action)}`;
}

function shortName({ name }: Told): string {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(name) ? `${name.slice(0, shownIdLength)}…` : name;
}
