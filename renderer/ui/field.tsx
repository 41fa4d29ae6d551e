import { type ReactNode, useId } from 'react';

export interface FieldProps {
  label: string;
  description?: ReactNode;
  /** Why the value cannot be used; undefined when it can. */
  problem?: string | undefined;
  /** The control, given what ties it to its label, description and problem. */
  children: (control: { id: string; 'aria-describedby': string; 'aria-invalid': boolean }) => ReactNode;
}

/** One setting: name and explanation at the left, control at the right; under one another where it is narrow. */
export function Field({ label, description, problem, children }: FieldProps) {
  const id = useId();
  return (
    <div className="grid gap-x-8 gap-y-1.5 py-3 sm:grid-cols-[minmax(0,1fr)_17rem] sm:items-start">
      <div>
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        <p id={`${id}-description`} className="text-sm text-muted">
          {description}
        </p>
      </div>
      <div className="min-w-0">
        {children({
          id,
          'aria-describedby': `${id}-description ${id}-problem`,
          'aria-invalid': problem !== undefined,
        })}
        <p id={`${id}-problem`} className="min-h-5 pt-0.5 text-sm text-bad">
          {problem}
        </p>
      </div>
    </div>
  );
}
