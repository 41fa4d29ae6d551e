import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface Fact {
  name: string;
  value: ReactNode;
  /** Takes a whole row. */
  wide?: boolean;
}

/** Names and values in as many columns as fit. */
export function Facts({ facts, className }: { facts: readonly Fact[]; className?: string }) {
  return (
    <dl
      className={classNames(
        'grid grid-cols-[repeat(auto-fill,minmax(9.5rem,1fr))] gap-x-6 gap-y-3',
        className,
      )}
    >
      {facts.map((fact) => (
        <div key={fact.name} className={classNames('min-w-0', fact.wide && 'col-span-full')}>
          <dt className="text-xs text-faint">{fact.name}</dt>
          <dd className="break-words tabular-nums">{fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}
