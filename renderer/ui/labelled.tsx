import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

export interface LabelledProps {
  label: string;
  description?: ReactNode;
  /** Why the value cannot be used; undefined when it can. It takes the description's place. */
  problem?: string | undefined;
  className?: string;
  children: (control: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}

/** A control with its name above and its explanation below: the field of a dialog. */
export function Labelled({ label, description, problem, className, children }: LabelledProps) {
  const id = useId();
  return (
    <div className={classNames('flex min-w-0 flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': `${id}-note`, 'aria-invalid': problem !== undefined })}
      <div
        id={`${id}-note`}
        aria-live="polite"
        className={classNames(
          'text-sm wrap-anywhere empty:hidden',
          problem === undefined ? 'text-muted' : 'text-bad',
        )}
      >
        {problem ?? description}
      </div>
    </div>
  );
}
