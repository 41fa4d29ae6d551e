import { Toggle } from '@base-ui/react/toggle';
import type { ReactNode } from 'react';

export interface ToggleButtonProps {
  pressed: boolean;
  onChange: (pressed: boolean) => void;
  icon?: ReactNode;
  children: ReactNode;
}

/** A button that stays pressed: a way of looking at something, on or off. */
export function ToggleButton({ pressed, onChange, icon, children }: ToggleButtonProps) {
  return (
    <Toggle
      pressed={pressed}
      onPressedChange={(next) => onChange(next)}
      className="inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line-strong bg-surface px-2.5 text-sm font-medium whitespace-nowrap text-muted select-none hover:bg-hover data-pressed:border-accent data-pressed:bg-accent-soft data-pressed:text-ink"
    >
      {icon}
      {children}
    </Toggle>
  );
}
