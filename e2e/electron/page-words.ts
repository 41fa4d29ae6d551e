import type { Locator, Page } from '@playwright/test';

/** The status bar's words (renderer/app/status-bar.tsx). */
export function connected(page: Page): Locator {
  return page.getByRole('status').filter({ hasText: 'Connected to the engine' });
}

export const lostWords = 'The engine is not reachable';
