import { Menu } from '@base-ui/react/menu';
import { Check, ChevronDown } from 'lucide-react';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';

export interface MenuChoice {
  value: string;
  label: string;
  /** A second line. */
  note: string;
  /** Beside the label. */
  mark?: ReactNode;
}

export interface ChoiceMenuProps {
  /** What is chosen: the button's and the group's name. */
  label: string;
  /** What the button shows. */
  children: ReactNode;
  choices: readonly MenuChoice[];
  /** The one in force; null when none is. */
  value: string | null;
  onChoose: (value: string) => void;
  /** A sentence over the choices. */
  note: string;
  /** One thing more to do, under the choices. */
  action?: { label: string; onSelect: () => void } | undefined;
}

const itemLook =
  'flex items-start gap-2 rounded-md px-2 py-1.5 outline-none select-none data-highlighted:bg-hover';

/** One of a few, each with a line of explanation, unfolded from a small button. Choosing what is in force does nothing. */
export function ChoiceMenu(props: ChoiceMenuProps) {
  const { label, children, choices, value, onChoose, note, action } = props;
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={label}
        className="-mx-1 inline-flex items-center gap-0.5 rounded px-1 hover:bg-hover hover:text-ink data-popup-open:bg-hover data-popup-open:text-ink"
      >
        {children}
        <ChevronDown aria-hidden className="size-3.5" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner sideOffset={4} align="start" className="z-50 outline-none">
          <Menu.Popup
            aria-label={label}
            className="w-[min(22rem,calc(100vw-2rem))] rounded-lg border border-line bg-surface p-1 shadow-high outline-none motion-safe:animate-rise"
          >
            <Menu.RadioGroup
              value={value}
              onValueChange={(chosen: unknown) => {
                if (typeof chosen === 'string' && chosen !== value) onChoose(chosen);
              }}
            >
              <p className="px-2 pt-1 pb-1.5 text-sm text-muted">{note}</p>
              {choices.map((choice) => (
                <Menu.RadioItem key={choice.value} value={choice.value} closeOnClick className={itemLook}>
                  <Check
                    aria-hidden
                    className={classNames(
                      'mt-0.5 size-4 shrink-0 text-accent',
                      choice.value !== value && 'invisible',
                    )}
                  />
                  <span className="min-w-0">
                    <span className="flex flex-wrap items-center gap-x-2 font-medium">
                      {choice.label}
                      {choice.mark}
                    </span>
                    <span className="block text-sm text-muted">{choice.note}</span>
                  </span>
                </Menu.RadioItem>
              ))}
            </Menu.RadioGroup>
            {action ? (
              <>
                <Menu.Separator className="m-1 border-t border-line" />
                <Menu.Item className={classNames(itemLook, 'pl-8')} onClick={action.onSelect}>
                  {action.label}
                </Menu.Item>
              </>
            ) : null}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
