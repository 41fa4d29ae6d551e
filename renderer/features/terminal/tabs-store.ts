import { z } from 'zod';
import { create } from 'zustand';

/** What a terminal runs in: the VM, one of its containers, or this computer. */
export const TerminalPlace = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('vm'), vm: z.string() }),
  z.object({ kind: z.literal('container'), vm: z.string(), container: z.string() }),
  z.object({ kind: z.literal('host') }),
]);
export type TerminalPlace = z.infer<typeof TerminalPlace>;

/** `ended`: the program has exited or the engine has let the session go; what it showed stays readable. */
export type TabPhase = 'attaching' | 'attached' | 'lost' | 'ended';

export interface Tab {
  id: string;
  place: TerminalPlace;
  title: string;
  phase: TabPhase;
  /** How it ended: "exit code 0". */
  ending: string;
}

export interface Tabs {
  tabs: readonly Tab[];
  active: string | null;
}

export const useTabs = create<Tabs>(() => ({ tabs: [], active: null }));

export function addTab(tab: Pick<Tab, 'id' | 'place' | 'title'>): void {
  useTabs.setState(({ tabs }) => ({
    tabs: [...tabs, { ...tab, phase: 'attaching', ending: '' }],
    active: tab.id,
  }));
}

export function changeTab(id: string, change: Partial<Omit<Tab, 'id'>>): void {
  useTabs.setState(({ tabs }) => ({
    tabs: tabs.map((tab) => (tab.id === id ? { ...tab, ...change } : tab)),
  }));
}

export function activateTab(id: string): void {
  useTabs.setState({ active: id });
}

/** The neighbour becomes the active one. */
export function removeTab(id: string): void {
  useTabs.setState(({ tabs, active }) => {
    const place = tabs.findIndex((tab) => tab.id === id);
    const rest = tabs.filter((tab) => tab.id !== id);
    const neighbour = rest[Math.min(place, rest.length - 1)]?.id ?? null;
    return { tabs: rest, active: active === id ? neighbour : active };
  });
}
