import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

const look = cva(
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap ' +
    'transition-colors select-none aria-disabled:opacity-50',
  {
    variants: {
      kind: {
        primary: 'border-transparent bg-accent text-on-accent enabled:hover:bg-accent-hover',
        plain: 'border-line-strong bg-surface text-ink enabled:hover:bg-hover',
        quiet: 'border-transparent bg-transparent text-muted enabled:hover:bg-hover enabled:hover:text-ink',
        danger: 'border-transparent bg-danger text-on-danger enabled:hover:opacity-90',
      },
      size: {
        md: 'h-8 px-3 text-base',
        sm: 'h-7 px-2.5 text-sm',
        icon: 'size-7 p-0',
      },
    },
    defaultVariants: { kind: 'plain', size: 'md' },
  },
);

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'disabled'>, VariantProps<typeof look> {
  icon?: ReactNode;
  /** Work is under way: the button keeps its width and its focus and does nothing when pressed. */
  busy?: boolean;
  /** Why the button cannot be pressed, as a tooltip; it stays focusable so that the reason can be read. */
  unavailable?: string | undefined;
}

/** A button. Never `disabled` in the DOM's sense: that would drop keyboard focus and hide the reason. */
export function Button(props: ButtonProps) {
  const { icon, busy = false, unavailable, kind, size, className, onClick, children, ...rest } = props;
  const inert = busy || unavailable !== undefined;
  const button = (
    <button
      type="button"
      {...rest}
      aria-disabled={inert || undefined}
      aria-busy={busy || undefined}
      onClick={(event) => {
        if (inert) event.preventDefault();
        else onClick?.(event);
      }}
      className={classNames(look({ kind, size }), className)}
    >
      {busy ? <LoaderCircle aria-hidden className="size-3.5 animate-spin" /> : icon}
      {children}
    </button>
  );
  return unavailable === undefined ? button : <Tooltip text={unavailable}>{button}</Tooltip>;
}
