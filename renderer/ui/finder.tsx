import { Dialog } from '@base-ui/react/dialog';
import { Command } from 'cmdk';
import { Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { matchRank } from './text/match-rank.ts';

export interface FinderEntry {
  /** Unlike every other one's in the finder. */
  id: string;
  label: string;
  /** At the right: what it is, or a shortcut. */
  note?: string;
  icon?: ReactNode;
  /** Further words it is found by. */
  words?: string;
  /** Why it cannot be chosen now; shown, and found like the others. */
  unavailable?: string | undefined;
  onSelect: () => void;
}

export interface FinderGroup {
  title: string;
  entries: readonly FinderEntry[];
  /** How many are shown before anything was typed; all of them where nothing is said. */
  first?: number;
}

export interface FinderProps {
  open: boolean;
  /** The name of the dialog and of the field: "Search or run". */
  label: string;
  groups: readonly FinderGroup[];
  /** Said when nothing matches, or when there is nothing. */
  empty: string;
  onClose: () => void;
}

/** More of a group than fit on a screen nobody reads; typing on narrows them down. */
const maxShownOfGroup = 30;

/** Chooses one of many by typing: arrows and Enter do, Escape leaves. Focus returns to where it was. */
export function Finder({ open, ...rest }: FinderProps) {
  return (
    <Dialog.Root open={open} onOpenChange={(next) => !next && rest.onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-[oklch(0.15_0.01_240/0.45)]" />
        <Dialog.Popup
          aria-label={rest.label}
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[70vh] w-[min(38rem,calc(100vw-1.5rem))] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-high"
        >
          <FinderList {...rest} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function FinderList({ label, groups, empty, onClose }: Omit<FinderProps, 'open'>) {
  const [typed, setTyped] = useState('');
  const shown = groups
    .map((group) => ({ title: group.title, entries: matching(group, typed) }))
    .filter((group) => group.entries.length > 0);
  return (
    <Command label={label} shouldFilter={false} loop className="flex min-h-0 flex-col">
      <div className="flex items-center gap-2.5 border-b border-line px-4">
        <Search aria-hidden className="size-4 shrink-0 text-faint" />
        <Command.Input
          value={typed}
          onValueChange={setTyped}
          placeholder={label}
          className="h-12 w-full bg-transparent text-lg text-ink outline-none placeholder:text-faint"
        />
      </div>
      <Command.List label={label} className="min-h-0 flex-1 overflow-y-auto p-2">
        {shown.length === 0 ? (
          <p role="status" className="px-2.5 py-6 text-center text-muted">
            {empty}
          </p>
        ) : null}
        {shown.map(({ title, entries }) => (
          <Command.Group
            key={title}
            heading={title}
            className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint"
          >
            {entries.map((entry) => (
              <Command.Item
                key={entry.id}
                value={entry.id}
                disabled={entry.unavailable !== undefined}
                onSelect={() => {
                  onClose();
                  entry.onSelect();
                }}
                className="flex min-h-9 items-center gap-2.5 rounded-md px-2.5 py-1 aria-disabled:text-muted aria-selected:bg-accent-soft [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted"
              >
                {entry.icon}
                <bdi className="min-w-0 truncate">{entry.label}</bdi>
                {entry.unavailable || entry.note ? (
                  <span className="ml-auto max-w-[50%] shrink-0 truncate pl-3 text-sm text-muted">
                    {entry.unavailable ?? entry.note}
                  </span>
                ) : null}
              </Command.Item>
            ))}
          </Command.Group>
        ))}
      </Command.List>
    </Command>
  );
}

/** Best first; as they come while nothing is typed. */
function matching({ entries, first }: FinderGroup, typed: string): readonly FinderEntry[] {
  if (typed.trim() === '') return entries.slice(0, first ?? maxShownOfGroup);
  return entries
    .map((entry) => ({ entry, rank: matchRank(typed, `${entry.label} ${entry.words ?? ''}`) }))
    .filter(({ rank }) => rank > 0)
    .sort((a, b) => b.rank - a.rank)
    .slice(0, maxShownOfGroup)
    .map(({ entry }) => entry);
}
