import { Menu as Base } from '@base-ui/react/menu';
import type { ReactElement, ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface MenuItem {
  label: string;
  /** A second line: what choosing it brings. */
  note?: string;
  icon?: ReactNode;
  danger?: boolean;
  /** Why it cannot be chosen now, shown below the label. */
  unavailable?: string | undefined;
  onSelect: () => void;
}

/** A button, given as `trigger`, which opens a list of things to do. */
export function Menu({ trigger, items }: { trigger: ReactElement; items: readonly MenuItem[] }) {
  return (
    <Base.Root>
      <Base.Trigger render={trigger} />
      <Base.Portal>
        <Base.Positioner sideOffset={4} align="end" className="z-50">
          <Base.Popup className="max-w-[min(24rem,calc(100vw-1rem))] min-w-44 rounded-lg border border-line bg-surface p-1 shadow-high outline-none motion-safe:animate-rise">
            {items.map((item) => (
              <Base.Item
                key={item.label}
                disabled={item.unavailable !== undefined}
                onClick={item.onSelect}
                className={classNames(
                  'flex min-h-8 gap-2.5 rounded-md px-2.5 py-1 outline-none data-highlighted:bg-hover',
                  item.note === undefined ? 'items-center' : 'items-start',
                  item.danger && 'text-bad',
                  item.unavailable !== undefined && 'opacity-50',
                )}
              >
                {item.icon}
                <span className="min-w-0">
                  <span className="block truncate">{item.label}</span>
                  {item.note ? <span className="block text-sm text-muted">{item.note}</span> : null}
                  {item.unavailable ? (
                    <span className="block text-xs text-muted">{item.unavailable}</span>
                  ) : null}
                </span>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
  );
}
