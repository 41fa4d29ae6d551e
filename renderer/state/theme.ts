import { create } from 'zustand';

export type ThemeChoice = 'system' | 'light' | 'dark';

const themeItem = 'foredeck.theme';

interface Theme {
  choice: ThemeChoice;
  dark: boolean;
}

export const useTheme = create<Theme>(() => ({ choice: 'system', dark: false }));

/** Applies the kept choice and follows the system's from now on. */
export function startTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  system.addEventListener('change', () => applyTheme(useTheme.getState().choice));
  const kept = localStorage.getItem(themeItem);
  applyTheme(kept === 'light' || kept === 'dark' ? kept : 'system');
}

export function chooseTheme(choice: ThemeChoice): void {
  localStorage.setItem(themeItem, choice);
  applyTheme(choice);
}

function applyTheme(choice: ThemeChoice): void {
  const dark = choice === 'system' ? matchMedia('(prefers-color-scheme: dark)').matches : choice === 'dark';
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  useTheme.setState({ choice, dark });
}
