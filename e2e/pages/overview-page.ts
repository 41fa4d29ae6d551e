import type { Locator, Page } from '@playwright/test';

/** The VM: state, boot, how to reach its Docker. */
export class OverviewPage {
  readonly page: Page;
  readonly card: Locator;
  /** One or two words: "Running". */
  readonly state: Locator;
  readonly problem: Locator;
  readonly startButton: Locator;
  /** The one of the two that the setting says. */
  readonly stopButton: Locator;
  readonly resumeButton: Locator;
  /** Memory, processor and disk; each a region of its own in it. */
  readonly figures: Locator;
  readonly reclaimButton: Locator;
  readonly reclaimOutcome: Locator;
  readonly growButton: Locator;
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
    this.stopButton = this.card.getByRole('button', { name: /^(Suspend|Shut down)$/ });
    this.resumeButton = this.card.getByRole('button', { name: /^(Resume|Try to resume)$/ });
    this.figures = page.getByRole('region', { name: 'What it uses' });
    this.restartButton = this.card.getByRole('button', { name: 'Restart' });
    this.cancelButton = this.card.getByRole('button', { name: /^Cancel/ });
    this.reclaimButton = this.figures.getByRole('button', { name: 'Give unused disk space back' });
    this.reclaimOutcome = this.figures.getByRole('status', { name: 'Space given back' });
    this.growButton = this.figures.getByRole('button', { name: 'Make the disk larger…' });
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

  /** Saves the VM's memory, whatever the setting says. */
  async suspend(): Promise<void> {
    await this.chooseStop('Suspend');
  }

  /** Powers the VM off, whatever the setting says; says yes when it asks because containers are running. */
  async shutDown(): Promise<void> {
    await this.chooseStop('Shut down');
    await this.#confirm('Shut down');
  }

  /** From the arrow beside the button; a question may follow. */
  async chooseStop(label: 'Suspend' | 'Shut down'): Promise<void> {
    await this.card.getByRole('button', { name: 'Ways to stop' }).click();
    await this.page.getByRole('menuitem', { name: label }).click();
  }

  async resume(): Promise<void> {
    await this.resumeButton.click();
  }

  /** From the arrow beside Resume; a question follows. */
  async chooseDiscard(label: 'Start without' | 'Delete'): Promise<void> {
    await this.card.getByRole('button', { name: 'More about the saved memory' }).click();
    await this.page.getByRole('menuitem', { name: label }).click();
  }

  /** What is measured: `meter('Memory')`. */
  meter(name: 'Memory' | 'Processor' | 'Data disk'): Locator {
    return this.figures.getByRole('region', { name });
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
