import type { Locator, Page } from '@playwright/test';

/** Shells in the VM, a tab each. */
export class TerminalPage {
  readonly page: Page;
  readonly openButton: Locator;
  readonly newButton: Locator;
  readonly tabs: Locator;
  /** The text of the terminal in front. xterm.js draws it in rows of its own, which have no role. */
  readonly screen: Locator;
  /** Where xterm.js takes keys from. */
  readonly input: Locator;
  /** What is said above the screen when the session is gone. */
  readonly notice: Locator;

  constructor(page: Page) {
    this.page = page;
    this.openButton = page.getByRole('button', { name: 'Open a terminal' });
    this.newButton = page.getByRole('button', { name: 'New terminal' });
    this.tabs = page.getByRole('tablist', { name: 'Terminals' }).getByRole('tab');
    const panel = page.getByRole('tabpanel');
    this.screen = panel.locator('.xterm-rows');
    this.input = panel.getByRole('textbox', { name: 'Terminal input' });
    this.notice = panel.getByRole('status');
  }

  /** The field that searches the terminal in front. */
  get search(): Locator {
    return this.page.getByRole('searchbox', { name: 'Search the terminal' });
  }

  /** Opens another one from the menu beside the plus. */
  async openElsewhere(item: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Other shells' }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** Opens the first terminal and waits until the shell has said something. */
  async open(): Promise<void> {
    await this.openButton.click();
    await this.shellSpoke();
  }

  async shellSpoke(): Promise<void> {
    await this.screen.filter({ hasText: /\S/ }).waitFor();
  }

  /** Types into the terminal in front. */
  async type(text: string): Promise<void> {
    await this.input.pressSequentially(text);
  }

  async run(line: string): Promise<void> {
    await this.type(line);
    await this.input.press('Enter');
  }
}
