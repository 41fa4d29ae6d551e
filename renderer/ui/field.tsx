import { type ReactNode, useId } from 'react';
import { classNames } from './class-names.ts';

export interface FieldProps {
  label: string;
  description?: ReactNode;
  /** Why the value cannot be used; undefined when it can. */
  problem?: string | undefined;
  /** The control, given what ties it to its label, description and problem. */
  children: (control: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}

/**
 * One setting: name and explanation at the left, control at the right; under one another where it is narrow. A problem
 * takes the explanation's place, so that nothing moves.
 */
export function Field({ label, description, problem, children }: FieldProps) {
  const id = useId();
  return (
    <div className="grid gap-x-8 gap-y-1.5 py-3 sm:grid-cols-[minmax(0,1fr)_17rem] sm:items-center">
      <div>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <p
          id={`${id}-note`}
          aria-live="polite"
          className={classNames('text-sm', problem === undefined ? 'text-muted' : 'text-bad')}
        >
          {problem ?? description}
        </p>
      </div>
      {children({ id, 'aria-describedby': `${id}-note`, 'aria-invalid': problem !== undefined })}
    </div>
  );
}
