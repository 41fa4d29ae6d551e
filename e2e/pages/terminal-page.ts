import type { Locator, Page } from '@playwright/test';

/** Shells in the VM, a tab each. */
export class TerminalPage {
  readonly page: Page;
  readonly openButton: Locator;
  readonly newButton: Locator;
  readonly tabs: Locator;
  /** The text of the terminal in front. xterm.js draws it in rows of its own, which have no role. */
  readonly screen: Locator;
  /** What is said above the screen when the session is gone. */
  readonly notice: Locator;

  constructor(page: Page) {
    this.page = page;
    this.openButton = page.getByRole('button', { name: 'Open a terminal' });
    this.newButton = page.getByRole('button', { name: 'New terminal' });
    this.tabs = page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab');
    const panel = page.getByRole('tabpanel');
    this.screen = panel.locator('.xterm-rows');
    this.notice = panel.getByRole('status');
  }

  /** Types into the terminal which has the focus; a new one takes it. */
  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  async run(line: string): Promise<void> {
    await this.type(line);
    await this.page.keyboard.press('Enter');
  }
}
