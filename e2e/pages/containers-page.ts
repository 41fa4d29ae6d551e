import type { Locator, Page } from '@playwright/test';

/** The table of containers and what its rows unfold to. */
export class ContainersPage {
  readonly page: Page;
  readonly table: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByRole('table', { name: 'Containers' });
  }

  /** The row of the container called exactly `name`. */
  row(name: string): Locator {
    const details = this.page.getByRole('button', { name: `Details of ${name}`, exact: true });
    return this.table.getByRole('row').filter({ has: details });
  }

  /** Unfolds the container's row; its processes show below. */
  async unfold(name: string): Promise<void> {
    const button = this.row(name).getByRole('button', { name: `Details of ${name}`, exact: true });
    if ((await button.getAttribute('aria-expanded')) !== 'true') await button.click();
  }

  /** The live process tree of an unfolded container. */
  processes(name: string): Locator {
    return this.page.getByRole('treegrid', { name: `Processes of ${name}`, exact: true });
  }
}
