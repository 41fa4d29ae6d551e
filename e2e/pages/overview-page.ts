import type { Locator, Page } from '@playwright/test';

/** The VM: state, boot, how to reach its Docker. */
export class OverviewPage {
  readonly page: Page;
  readonly card: Locator;
  /** One or two words: "Running". */
  readonly state: Locator;
  readonly problem: Locator;
  readonly startButton: Locator;
  readonly stopButton: Locator;
  readonly restartButton: Locator;
  readonly cancelButton: Locator;
  readonly boot: Locator;
  readonly connect: Locator;
  readonly dialog: Locator;

  constructor(page: Page) {
    this.page = page;
    this.card = page.getByRole('region', { name: 'Service VM' });
    this.state = this.card.getByRole('status');
    this.problem = this.card.getByRole('region', { name: 'Problem' });
    this.startButton = this.card.getByRole('button', { name: /^(Start|Start again|Resume)$/ });
    this.stopButton = this.card.getByRole('button', { name: 'Stop', exact: true });
    this.restartButton = this.card.getByRole('button', { name: 'Restart' });
    this.cancelButton = this.card.getByRole('button', { name: /^Cancel/ });
    this.boot = page.getByRole('list', { name: 'Boot stages' });
    this.connect = page.getByRole('region', { name: 'Use your Docker CLI' });
    this.dialog = page.getByRole('alertdialog');
  }

  /** The value shown under a name: `fact('Memory')`. */
  fact(name: string): Locator {
    return this.card.getByRole('definition').filter({ has: this.page.locator(`xpath=../dt[.="${name}"]`) });
  }

  /** The stage whose label has `label` in it; of several, such as "Docker", the last one of the boot. */
  stage(label: string): Locator {
    return this.boot.getByRole('listitem').filter({ hasText: label }).last();
  }

  /** Stops the VM, and says yes when it asks because containers are running. */
  async stop(): Promise<void> {
    await this.stopButton.click();
    await this.#confirm('Stop');
  }

  async restart(): Promise<void> {
    await this.restartButton.click();
    await this.#confirm('Restart');
  }

  async #confirm(label: string): Promise<void> {
    const confirm = this.dialog.getByRole('button', { name: label });
    // The dialog opens in the click itself, so it is there by now or not at all.
    if (await confirm.isVisible()) await confirm.click();
  }
}
