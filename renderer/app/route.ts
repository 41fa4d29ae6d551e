import { useSyncExternalStore } from 'react';
import { type Screen, screenItem, screens } from '../../contract/screens.ts';

export interface Route {
  screen: Screen;
  /** What comes after the screen's name: a container's id. */
  item: string | null;
}

/** `#/containers/abc` as a route. Whatever names no screen is the overview. */
export function parseRoute(hash: string): Route {
  const [, name = '', item = ''] = hash.replace(/^#/, '').split('/');
  const screen = screens.find((candidate) => candidate === name) ?? 'overview';
  return { screen, item: screenItem.test(item) ? item : null };
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(listen, () => location.hash);
  return parseRoute(hash);
}

/**
 * Shows a path such as `/containers/abc`, from a deep link, the tray or a menu. Those never act, and `/terminal/abc`
 * opens a shell: from outside it shows the terminals as they are.
 */
export function navigate(path: string): void {
  const { screen, item: asked } = parseRoute(path);
  const item = screen === 'terminal' ? null : asked;
  location.hash = item === null ? `/${screen}` : `/${screen}/${item}`;
}

function listen(onChange: () => void): () => void {
  addEventListener('hashchange', onChange);
  return () => removeEventListener('hashchange', onChange);
}
