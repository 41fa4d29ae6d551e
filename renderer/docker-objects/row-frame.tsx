import { ChevronRight, Ellipsis } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

export interface RowFrameProps {
  /** Plain text. */
  name: string;
  stale: boolean;
  open: boolean;
  onToggle: () => void;
  /** Beside one another where there is room: what it is, what uses it, how large it is. */
  title: ReactNode;
  middle: ReactNode;
  end: ReactNode;
  actions: readonly MenuItem[];
  /** Below the row: a failure. */
  problem: ReactNode;
  /** What unfolds. */
  details: ReactNode;
}

/** A row of a list of Docker's things: unfolds, has a menu, and is dimmed while it is only the last thing known. */
export function RowFrame(props: RowFrameProps) {
  const { name, stale, open, onToggle, title, middle, end, actions, problem, details } = props;
  const detailsId = useId();
  return (
    <div className="flex flex-col gap-2.5 py-2.5 pr-3 pl-2">
      <div
        className={classNames(
          'grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2.5 gap-y-1.5',
          'md:grid-cols-[auto_minmax(0,1.2fr)_minmax(0,1fr)_8rem_auto]',
          stale && 'opacity-70',
        )}
      >
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? detailsId : undefined}
          aria-label={`Details of ${name}`}
          onClick={onToggle}
          className="grid size-6 shrink-0 place-items-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <ChevronRight
            aria-hidden
            className={classNames('size-4 transition-transform', open && 'rotate-90')}
          />
        </button>
        <div className="min-w-0">{title}</div>
        <div className="col-span-2 col-start-2 row-start-2 min-w-0 md:col-span-1 md:col-start-3 md:row-start-1">
          {middle}
        </div>
        <div className="col-start-2 row-start-3 text-sm text-muted tabular-nums md:col-start-4 md:row-start-1 md:text-right">
          {end}
        </div>
        <div className="col-start-3 row-start-1 md:col-start-5">
          <Menu
            trigger={
              <IconButton label={`More about ${name}`} icon={<Ellipsis aria-hidden className="size-4" />} />
            }
            items={actions}
          />
        </div>
      </div>
      {problem}
      {open ? (
        <div id={detailsId} className="pl-8.5">
          {details}
        </div>
      ) : null}
    </div>
  );
}
