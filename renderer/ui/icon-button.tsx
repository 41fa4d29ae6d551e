import type { ReactNode } from 'react';
import { Button, type ButtonProps } from './button.tsx';
import { Tooltip } from './tooltip.tsx';

/** A button which shows an icon only; `label` is its name and its tooltip. */
export function IconButton({
  label,
  icon,
  ...rest
}: Omit<ButtonProps, 'children' | 'size' | 'aria-label' | 'icon'> & { label: string; icon: ReactNode }) {
  const button = (
    <Button kind="quiet" {...rest} size="icon" aria-label={label}>
      {rest.busy ? null : icon}
    </Button>
  );
  return rest.unavailable === undefined ? <Tooltip text={label}>{button}</Tooltip> : button;
}
