import { Switch as Base } from '@base-ui/react/switch';
import { classNames } from './class-names.ts';

export interface SwitchProps {
  checked: boolean;
  onChange: (checked: boolean) => void;
  label: string;
  /** Switching is under way: shows where it is going and takes no further clicks. */
  busy?: boolean;
  disabled?: boolean;
}

export function Switch({ checked, onChange, label, busy = false, disabled = false }: SwitchProps) {
  return (
    <Base.Root
      checked={checked}
      onCheckedChange={onChange}
      aria-label={label}
      aria-busy={busy || undefined}
      readOnly={busy}
      disabled={disabled}
      className={classNames(
        'relative inline-flex h-5 w-9 shrink-0 items-center rounded-full border border-line-strong bg-sunken p-px',
        'transition-colors data-checked:border-transparent data-checked:bg-accent data-disabled:opacity-45',
      )}
    >
      <Base.Thumb
        className={classNames(
          'block size-4 rounded-full bg-muted transition-transform data-checked:translate-x-4 data-checked:bg-on-accent',
          busy && 'motion-safe:animate-breathe',
        )}
      />
    </Base.Root>
  );
}
