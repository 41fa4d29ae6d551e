import type { ReactNode } from 'react';
import { VirtualList } from '../ui/virtual-list.tsx';

/** Two lines and what is around them. */
const rowPx = 59;

export interface ListingBodyProps<T> {
  /** "Volumes": the list's name. */
  things: string;
  /** Everything there is, and what of it fits the search. */
  all: readonly T[];
  found: readonly T[];
  keyOf: (item: T) => string;
  nameOf: (item: T) => string;
  shownKey?: string | null;
  /** Being read for the first time, or anew. */
  reading: boolean;
  /** It could not be read, which is said elsewhere. */
  failed: boolean;
  nothingFound: ReactNode;
  /** Shown where there is nothing at all. */
  empty: ReactNode;
  /** One row. */
  children: (item: T) => ReactNode;
}

/** A list of Docker's things, or what stands in its place while there is none to show. */
export function ListingBody<T>(props: ListingBodyProps<T>) {
  const { things, all, found, keyOf, nameOf, shownKey, reading, failed, nothingFound, empty, children } =
    props;
  if (found.length > 0) {
    return (
      <VirtualList<T>
        label={things}
        items={found}
        keyOf={keyOf}
        nameOf={nameOf}
        rowPx={rowPx}
        shownKey={shownKey}
      >
        {children}
      </VirtualList>
    );
  }
  if (all.length > 0) return nothingFound;
  if (reading) {
    return (
      <p role="status" className="py-8 text-center text-muted">
        Reading the {things.toLowerCase()}…
      </p>
    );
  }
  return failed ? null : empty;
}
