import type { Locator, Page } from '@playwright/test';

export class SettingsPage {
  readonly page: Page;
  readonly saveButton: Locator;
  readonly undoButton: Locator;
  /** In the message about what was saved. */
  readonly undoSaved: Locator;
  readonly fixes: Locator;
  readonly sharing: Locator;

  constructor(page: Page) {
    this.page = page;
    this.saveButton = page.getByRole('button', { name: 'Save', exact: true });
    this.undoButton = page.getByRole('button', { name: 'Undo' });
    this.undoSaved = page
      .getByRole('region', { name: /Notifications/ })
      .getByRole('button', { name: 'Undo' });
    this.fixes = page.getByRole('region', { name: 'Fixes that worked' });
    this.sharing = page.getByRole('region', { name: 'Sharing' });
  }

  /** The shared folder at exactly this path. */
  share(path: string): Locator {
    const stop = this.page.getByRole('button', { name: `Stop sharing ${path}`, exact: true });
    return this.sharing.getByRole('listitem').filter({ has: stop });
  }

  field(label: string): Locator {
    return this.page.getByLabel(label, { exact: true });
  }
}
