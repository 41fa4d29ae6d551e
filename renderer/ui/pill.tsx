import { cva } from 'class-variance-authority';
import type { ComponentProps, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import type { Tone } from './tone.ts';

const look = cva(
  'inline-flex h-5 max-w-full items-center gap-1 rounded-full px-2 text-xs font-medium whitespace-nowrap',
  {
    variants: {
      tone: {
        neutral: 'bg-hover text-muted',
        accent: 'bg-accent-soft text-accent',
        good: 'bg-good-soft text-good',
        warn: 'bg-warn-soft text-warn',
        bad: 'bg-bad-soft text-bad',
        foreign: 'bg-foreign-soft text-foreign',
      },
      outline: { true: 'border border-line-strong bg-transparent', false: '' },
    },
  },
);

export interface PillProps extends ComponentProps<'span'> {
  tone?: Tone;
  outline?: boolean;
  icon?: ReactNode;
}

/** A short fact set apart from the text around it. */
export function Pill({ tone = 'neutral', outline = false, icon, className, children, ...rest }: PillProps) {
  return (
    <span {...rest} className={classNames(look({ tone, outline }), className)}>
      {icon}
      <span className="truncate">{children}</span>
    </span>
  );
}
