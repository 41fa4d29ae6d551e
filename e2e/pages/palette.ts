import { expect, type Locator, type Page } from '@playwright/test';

/** Everything by typing: the command palette, and whatever else is chosen that way. */
export class Palette {
  readonly page: Page;
  readonly dialog: Locator;
  readonly field: Locator;
  readonly entries: Locator;
  /** The one that Enter takes. */
  readonly marked: Locator;

  constructor(page: Page) {
    this.page = page;
    this.dialog = page.getByRole('dialog');
    this.field = this.dialog.getByRole('combobox');
    this.entries = this.dialog.getByRole('option');
    this.marked = this.dialog.getByRole('option', { selected: true });
  }

  async open(): Promise<void> {
    await this.page.keyboard.press('ControlOrMeta+k');
    // The dialog takes the focus in the frame after it has opened; what is typed before that goes nowhere.
    await expect(this.field).toBeFocused();
  }

  /** Types and takes the best match. */
  async choose(typed: string): Promise<void> {
    await this.open();
    await this.page.keyboard.type(typed);
    await this.page.keyboard.press('Enter');
  }
}
