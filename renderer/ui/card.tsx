import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

export interface CardProps {
  title: string;
  /** A sentence under the title. */
  note?: ReactNode;
  actions?: ReactNode;
  className?: string;
  /** Null: the card is its header only. */
  children: ReactNode;
}

/** A titled region of a page. */
export function Card({ title, note, actions, className, children }: CardProps) {
  const titleId = useId();
  return (
    <section
      aria-labelledby={titleId}
      className={classNames('rounded-lg border border-line bg-surface shadow-card', className)}
    >
      <header className="flex min-h-11 flex-wrap items-center gap-x-3 gap-y-1 px-4 pt-3 pb-1">
        <h2 id={titleId} className="text-base font-semibold">
          {title}
        </h2>
        {note ? <p className="min-w-0 text-sm text-muted">{note}</p> : null}
        {actions ? <div className="ml-auto flex items-center gap-1.5">{actions}</div> : null}
      </header>
      {children === null ? <div className="pb-2" /> : <div className="px-4 pt-1.5 pb-4">{children}</div>}
    </section>
  );
}
