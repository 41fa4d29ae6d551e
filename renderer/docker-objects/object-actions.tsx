import { Eraser, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { SearchField } from '../ui/search-field.tsx';

export interface ObjectActionsProps {
  /** "volumes". */
  things: string;
  /** There is nothing to search or prune. */
  none: boolean;
  search: string;
  onSearch: (words: string) => void;
  /** Why nothing can be done now; undefined when it can. */
  unavailable: string | undefined;
  onPrune: () => void;
  onCreate: () => void;
  /** Between the search and the rest. */
  children?: ReactNode;
}

/** What stands over a list of volumes or networks. */
export function ObjectActions(props: ObjectActionsProps) {
  const { things, none, search, onSearch, unavailable, onPrune, onCreate, children } = props;
  return (
    <>
      {none ? null : (
        <>
          <SearchField label={`Search ${things}`} value={search} onChange={onSearch} />
          {children}
          <Button
            icon={<Eraser aria-hidden className="size-3.5" />}
            unavailable={unavailable}
            onClick={onPrune}
          >
            Prune…
          </Button>
        </>
      )}
      <Button kind="primary" icon={<Plus aria-hidden className="size-3.5" />} onClick={onCreate}>
        Create…
      </Button>
    </>
  );
}
