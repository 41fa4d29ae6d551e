import type { Locator, Page } from '@playwright/test';

/** Every image, and the forms which pull, import and run one. */
export class ImagesPage {
  readonly page: Page;
  readonly list: Locator;
  readonly search: Locator;
  readonly pullButton: Locator;
  readonly importButton: Locator;
  readonly runButton: Locator;
  /** The form that is open. */
  readonly dialog: Locator;
  /** What asks before an image is removed. */
  readonly confirmation: Locator;
  /** Whether the image in the launch form would run. */
  readonly forecast: Locator;

  constructor(page: Page) {
    this.page = page;
    this.list = page.getByRole('list', { name: 'Images' });
    this.search = page.getByRole('searchbox', { name: 'Search images' });
    this.pullButton = page.getByRole('main').getByRole('button', { name: 'Pull…', exact: true });
    this.importButton = page.getByRole('button', { name: 'Import…', exact: true });
    this.runButton = page.getByRole('banner').or(page.getByRole('main')).getByRole('button', {
      name: 'Run…',
      exact: true,
    });
    this.dialog = page.getByRole('dialog');
    this.confirmation = page.getByRole('alertdialog');
    this.forecast = this.dialog.getByRole('region', { name: 'Will it run?' });
  }

  /** The image whose first name is exactly `name`. */
  row(name: string): Locator {
    const details = this.page.getByRole('button', { name: `Details of ${name}`, exact: true });
    return this.list.getByRole('listitem').filter({ has: details });
  }

  platforms(name: string): Locator {
    return this.page.getByRole('list', { name: `Platforms of ${name}` });
  }

  /** Chooses in the row's menu. */
  async choose(name: string, item: string): Promise<void> {
    await this.page.getByRole('button', { name: `More about ${name}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  field(label: string): Locator {
    return this.dialog.getByLabel(label, { exact: true });
  }

  button(name: string): Locator {
    return this.dialog.getByRole('button', { name, exact: true });
  }
}
