import type { Locator, Page } from '@playwright/test';

/** Every process of the VM, under its container. */
export class ProcessesPage {
  readonly page: Page;
  readonly tree: Locator;
  readonly search: Locator;

  constructor(page: Page) {
    this.page = page;
    this.tree = page.getByRole('treegrid', { name: 'Processes of the VM' });
    this.search = page.getByRole('searchbox', { name: 'Search the processes' });
  }

  /** The head of a container's processes, or of the VM's own. */
  group(name: string): Locator {
    return this.tree.getByRole('row', { level: 1, name });
  }

  /** The rows of processes whose text holds `text`. */
  rows(text: string | RegExp): Locator {
    return this.tree.getByRole('row', { name: text });
  }

  /** Folds every emulator's part of the command lines out, or away again. */
  async toggleEmulators(): Promise<void> {
    await this.page.getByRole('button', { name: /^(Show|Hide) the emulator$/ }).click();
  }
}
