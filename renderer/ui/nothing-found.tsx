import { SearchX } from 'lucide-react';
import { EmptyState } from './empty-state.tsx';

export interface NothingFoundProps {
  title: string;
  /** What was searched, or why nothing fits. */
  reason: string;
  /** Takes the search and the filters back. */
  onAll: () => void;
}

/** What a list shows while it has something, but nothing that fits what was asked for. */
export function NothingFound({ title, reason, onAll }: NothingFoundProps) {
  return (
    <EmptyState icon={<SearchX />} title={title}>
      <p>
        {reason}{' '}
        <button type="button" className="rounded text-accent underline" onClick={onAll}>
          Show all
        </button>
      </p>
    </EmptyState>
  );
}
