import { create } from 'zustand';

export const containerTabs = ['overview', 'logs', 'stats', 'files', 'inspect'] as const;
export type ContainerTab = (typeof containerTabs)[number];

/** The tab in which each container's page was last looked at, by its id; kept while the window is open. */
const useOpenTabs = create<Readonly<Record<string, ContainerTab>>>(() => ({}));

export function openTab(id: string, tab: ContainerTab): void {
  useOpenTabs.setState({ [id]: tab });
}

export function useOpenTab(id: string): ContainerTab {
  return useOpenTabs((tabs) => tabs[id] ?? 'overview');
}
