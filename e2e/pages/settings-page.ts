import type { Locator, Page } from '@playwright/test';

export class SettingsPage {
  readonly page: Page;
  readonly saveButton: Locator;
  readonly undoButton: Locator;
  readonly fixes: Locator;

  constructor(page: Page) {
    this.page = page;
    this.saveButton = page.getByRole('button', { name: 'Save' });
    this.undoButton = page.getByRole('button', { name: 'Undo' });
    this.fixes = page.getByRole('region', { name: 'Fixes that worked' });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }
}
