import type { Locator, Page } from '@playwright/test';

/** One row per architecture. */
export class EmulationPage {
  readonly page: Page;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('alertdialog');
  }

  row(arch: string): Locator {
    return this.page
      .getByRole('list', { name: 'Architectures' })
      .getByRole('listitem')
      .filter({ has: this.page.getByText(arch, { exact: true }) });
  }

  toggle(arch: string): Locator {
    return this.page.getByRole('switch', { name: `Emulate ${arch}`, exact: true });
  }

  /** The state, or what is going on: "On, proved". */
  summary(arch: string): Locator {
    return this.row(arch).getByRole('status');
  }

  /** Switches `arch` off, and says yes when it asks because containers use it. */
  async switchOff(arch: string): Promise<void> {
    await this.toggle(arch).click();
    const confirm = this.dialog.getByRole('button', { name: `Switch off ${arch}` });
    if (await confirm.isVisible()) await confirm.click();
  }
}
