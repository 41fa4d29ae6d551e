import type { Locator, Page } from '@playwright/test';

/** One row per architecture, and what a row unfolds to. */
export class EmulationPage {
  readonly page: Page;
  /** The question before something is switched off. */
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

  /** Unfolds the details of `arch`. */
  async unfold(arch: string): Promise<void> {
    await this.row(arch)
      .getByRole('button', { name: `Details of ${arch}` })
      .click();
  }

  /** The rungs of the last self-test, in the unfolded details. */
  ladder(arch: string): Locator {
    return this.page.getByRole('list', { name: `Steps of the self-test of ${arch}` });
  }

  /** The button which shows the emulator's version and opens the menu of the others. */
  version(arch: string): Locator {
    return this.row(arch).getByRole('button', { name: `Emulator of ${arch}` });
  }

  /** One of the versions in the open menu. */
  choice(name: string | RegExp): Locator {
    return this.page.getByRole('menuitemradio', { name });
  }

  /** What something else changed about the handler. */
  drift(arch: string): Locator {
    return this.page.getByRole('region', { name: `Changes to ${arch} by something else` });
  }

  /** Switches `arch` off, and says yes when it asks because programs use it. */
  async switchOff(arch: string): Promise<void> {
    await this.toggle(arch).click();
    const confirm = this.dialog.getByRole('button', { name: `Switch off ${arch}` });
    // It looks first: the question comes, or the architecture is off.
    const off = this.page.getByRole('switch', { name: `Emulate ${arch}`, exact: true, checked: false });
    await confirm.or(off).first().waitFor();
    if (await confirm.isVisible()) await confirm.click();
  }
}
