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

  /** What the doctor says about an unfolded container: its verdict, or that there is none. */
  verdict(title: string | RegExp): Locator {
    return this.page.getByRole('region', { name: title });
  }

  /** The fix with this label, a button and what belongs to it. */
  fix(label: string): Locator {
    return this.page
      .getByRole('list', { name: 'What helps' })
      .getByRole('listitem')
      .filter({ has: this.page.getByText(label, { exact: true }) });
  }

  /** What asks before a fix starts another container. */
  get fixDialog(): Locator {
    return this.page.getByRole('dialog');
  }

  /** The syscall lens of the unfolded container. */
  get lens(): Locator {
    return this.page.getByRole('region', { name: 'System calls' });
  }

  /** The row of a system call in the lens. */
  call(name: string): Locator {
    return this.lens.getByRole('row').filter({ hasText: name });
  }
}
