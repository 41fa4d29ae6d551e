import { ChevronDown } from 'lucide-react';
import { Button, type ButtonProps } from './button.tsx';
import { Menu, type MenuItem } from './menu.tsx';

export interface SplitButtonProps extends ButtonProps {
  /** What the arrow is called: "Other ways to stop". */
  menuLabel: string;
  items: readonly MenuItem[];
}

/** A button for what is usually meant, and an arrow beside it which opens everything it could mean. */
export function SplitButton({ menuLabel, items, ...button }: SplitButtonProps) {
  return (
    <span className="inline-flex">
      <Button {...button} className="rounded-r-none" />
      <Menu
        trigger={
          <Button
            kind={button.kind}
            aria-label={menuLabel}
            icon={<ChevronDown aria-hidden className="size-4" />}
            className={
              button.kind === 'primary'
                ? 'rounded-l-none border-l-on-accent/30 px-1.5'
                : '-ml-px rounded-l-none px-1.5'
            }
          />
        }
        items={items}
      />
    </span>
  );
}
