import { expect, type Locator, type Page } from '@playwright/test';

/** Volumes or networks: a list whose rows unfold and have a menu, and the forms over it. */
export class ObjectsPage {
  readonly page: Page;
  readonly list: Locator;
  readonly search: Locator;
  readonly createButton: Locator;
  readonly pruneButton: Locator;
  /** The form that is open. */
  readonly dialog: Locator;
  /** What asks before something is removed. */
  readonly confirmation: Locator;
  readonly problem: Locator;

  constructor(page: Page, kind: 'Volumes' | 'Networks') {
    const main = page.getByRole('main');
    this.page = page;
    this.list = page.getByRole('list', { name: kind, exact: true });
    this.search = page.getByRole('searchbox', { name: `Search ${kind.toLowerCase()}` });
    this.createButton = main.getByRole('button', { name: 'Create…' });
    this.pruneButton = main.getByRole('button', { name: 'Prune…' });
    this.dialog = page.getByRole('dialog');
    this.confirmation = page.getByRole('alertdialog');
    this.problem = main.getByRole('region', { name: 'Problem' });
  }

  row(name: string): Locator {
    const details = this.page.getByRole('button', { name: `Details of ${name}`, exact: true });
    return this.list.locator(':scope > li').filter({ has: details });
  }

  async unfold(name: string): Promise<void> {
    await this.page.getByRole('button', { name: `Details of ${name}`, exact: true }).click();
  }

  /** Chooses in the row's menu. */
  async choose(name: string, item: string): Promise<void> {
    // Another row's may still be fading.
    await expect(this.page.getByRole('menu')).toHaveCount(0);
    await this.page.getByRole('button', { name: `More about ${name}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  field(label: string): Locator {
    return this.dialog.getByLabel(label, { exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.dialog.getByRole('button', { name, exact: typeof name === 'string' });
  }
}
