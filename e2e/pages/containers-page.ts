import type { Locator, Page } from '@playwright/test';

export type ContainerTabName = 'Overview' | 'Logs' | 'Stats' | 'Files' | 'Inspect';

/** The table of containers, and the page of each. */
export class ContainersPage {
  readonly page: Page;
  readonly table: Locator;
  /** What asks before something is lost. */
  readonly confirmation: Locator;

  constructor(page: Page) {
    this.page = page;
    this.table = page.getByRole('treegrid', { name: 'Containers', exact: true });
    this.confirmation = page.getByRole('alertdialog');
  }

  /** The row of the container called exactly `name`. */
  row(name: string): Locator {
    return this.table.getByRole('row').filter({ has: this.page.getByRole('link', { name, exact: true }) });
  }

  /** Narrows the table down; of a long one only the rows in view are there. */
  async search(words: string): Promise<void> {
    await this.page.getByRole('searchbox', { name: 'Search containers' }).fill(words);
  }

  /** The row of a Compose project. */
  project(name: string): Locator {
    return this.table.getByRole('row', { name: `Compose project ${name}`, exact: true });
  }

  /** Goes to the page of the container called exactly `name`. */
  async open(name: string, tab: ContainerTabName = 'Overview'): Promise<void> {
    await this.row(name).getByRole('link', { name, exact: true }).click();
    await this.heading(name).waitFor();
    if (tab !== 'Overview') await this.tab(tab).click();
  }

  /** From a container's page to the table. */
  async back(): Promise<void> {
    await this.page.getByRole('main').getByRole('link', { name: 'Containers', exact: true }).click();
    await this.table.waitFor();
  }

  /** Of a container's page. */
  heading(name: string): Locator {
    return this.page.getByRole('heading', { name, level: 1, exact: true });
  }

  tab(name: ContainerTabName): Locator {
    return this.page.getByRole('tab', { name, exact: true });
  }

  /** What can be done with the container: of its row, or of its page, as `within` says. */
  button(name: string | RegExp, within: Locator = this.page.getByRole('main')): Locator {
    return within.getByRole('button', { name, exact: true });
  }

  /** Opens the menu of a row or page and chooses from it. */
  async choose(name: string, item: string): Promise<void> {
    await this.page.getByRole('button', { name: `More for ${name}`, exact: true }).click();
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** The live process tree on a container's page. */
  processes(name: string): Locator {
    return this.page.getByRole('treegrid', { name: `Processes of ${name}`, exact: true });
  }

  /** The lines of its log which are in view. */
  get log(): Locator {
    return this.page.getByRole('log');
  }

  /** The rows of the folder that is shown, without the header. */
  files(path: string): Locator {
    return this.page.getByRole('treegrid', { name: `Files in ${path}`, exact: true });
  }

  /** What the doctor says about a container: its verdict, or that there is none. */
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

  /** The syscall lens of the container. */
  get lens(): Locator {
    return this.page.getByRole('region', { name: 'System calls' });
  }

  /** The row of a system call in the lens. */
  call(name: string): Locator {
    return this.lens.getByRole('row').filter({ hasText: name });
  }
}
