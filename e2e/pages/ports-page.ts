import type { Locator, Page } from '@playwright/test';

/** The screen of published ports. */
export class PortsPage {
  readonly page: Page;
  readonly rows: Locator;
  readonly search: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.rows = page.getByRole('list', { name: 'Published ports' }).locator(':scope > li');
    this.search = page.getByRole('searchbox', { name: 'Search ports' });
    this.dialog = page.getByRole('dialog');
  }

  /** By what it says of itself, `8080 → 80`. */
  row(text: string): Locator {
    return this.rows.filter({ hasText: text });
  }

  async choose(row: string, item: string): Promise<void> {
    await this.row(row)
      .getByRole('button', { name: /^More about port/ })
      .click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }
}
