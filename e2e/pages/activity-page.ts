import type { Locator, Page } from '@playwright/test';

/** What takes a while. */
export class ActivityPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  job(title: string): Locator {
    return this.page.getByRole('list', { name: 'Jobs' }).getByRole('listitem').filter({ hasText: title });
  }
}
