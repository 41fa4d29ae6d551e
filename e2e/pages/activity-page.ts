import type { Locator, Page } from '@playwright/test';

/** What takes a while, and what happened. */
export class ActivityPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  job(title: string): Locator {
    return this.rows.filter({ hasText: title });
  }

  get rows(): Locator {
    return this.page.getByRole('list', { name: 'Activity' }).getByRole('listitem');
  }

  /** Shows entries of one kind only. */
  async show(filter: 'All' | 'Jobs' | 'Docker' | 'Doctor'): Promise<void> {
    await this.page.getByRole('group', { name: 'Show' }).getByRole('button', { name: filter }).click();
  }
}
