/** How many folders may be watched together; what did not fit is counted until it is asked for. */
export class FolderBudget {
  readonly max: number;
  #used = 0;
  #refused = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** False where there is no room; the folder is then counted as left out. */
  take(): boolean {
    if (this.#used >= this.max) {
      this.#refused += 1;
      return false;
    }
    this.#used += 1;
    return true;
  }

  release(): void {
    this.#used -= 1;
  }

  get used(): number {
    return this.#used;
  }

  /** Folders left out since the last call. */
  takeRefused(): number {
    const refused = this.#refused;
    this.#refused = 0;
    return refused;
  }
}
