import { Tabs } from '@base-ui/react/tabs';
import type { ReactNode } from 'react';

export interface TabSetProps<T extends string> {
  label: string;
  value: T;
  tabs: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
  /** Beside the tabs: things to go to which are no tabs. */
  beside?: ReactNode;
  /** Of the chosen tab; the others' are not kept. */
  children: ReactNode;
}

/** Views of one thing, one at a time. Arrow keys move between the tabs. */
export function TabSet<T extends string>({ label, value, tabs, onChange, beside, children }: TabSetProps<T>) {
  return (
    <Tabs.Root
      value={value}
      onValueChange={(next: unknown) => {
        const found = tabs.find((tab) => tab.value === next);
        if (found) onChange(found.value);
      }}
      className="flex min-h-0 flex-1 flex-col gap-3"
    >
      <div className="flex shrink-0 items-end gap-1 overflow-x-auto border-b border-line">
        <Tabs.List aria-label={label} className="flex gap-1">
          {tabs.map((tab) => (
            <Tabs.Tab
              key={tab.value}
              value={tab.value}
              className="-mb-px h-8.5 rounded-t border-b-2 border-transparent px-3 whitespace-nowrap text-muted outline-offset-[-3px] hover:text-ink data-active:border-accent data-active:font-medium data-active:text-ink"
            >
              {tab.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {beside}
      </div>
      <Tabs.Panel value={value} className="flex min-h-0 flex-1 flex-col gap-3">
        {children}
      </Tabs.Panel>
    </Tabs.Root>
  );
}
