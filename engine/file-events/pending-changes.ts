/** Names in one folder of the host which something happened to. */
export interface FolderChanges {
  readonly folder: string;
  /** Each with whether it came or went; otherwise its content or attributes changed. */
  readonly names: ReadonlyMap<string, boolean>;
  /** More happened here than was kept: only that something did is known. */
  readonly whole: boolean;
}

interface Pending {
  names: Map<string, boolean>;
  whole: boolean;
}

/**
 * What has happened on the host and was not told yet: everything once, at most `maxNames` names. What comes beyond them
 * is remembered by its folder alone. The newest goes first: whoever saves a file just after ten thousand were checked out
 * does not wait for those.
 */
export class PendingChanges {
  readonly #maxNames: number;
  readonly #folders = new Map<string, Pending>();
  #names = 0;
  #dropped = 0;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  get empty(): boolean {
    return this.#folders.size === 0;
  }

  /** Names that were not kept since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  clear(): void {
    this.#folders.clear();
    this.#names = 0;
  }

  add(folder: string, name: string, cameOrWent: boolean): void {
    let pending = this.#folders.get(folder);
    if (!pending) {
      pending = { names: new Map(), whole: false };
    } else {
      this.#folders.delete(folder);
    }
    this.#folders.set(folder, pending);
    const known = pending.names.get(name);
    pending.names.delete(name);
    if (known === undefined) {
      if (this.#names >= this.#maxNames) {
        pending.whole = true;
        this.#dropped += 1;
        return;
      }
      this.#names += 1;
    }
    pending.names.set(name, cameOrWent || (known ?? false));
  }

  /** Takes the newest out: at most `maxNames` names, in whole folders where they fit. */
  take(maxNames: number): FolderChanges[] {
    const taken: FolderChanges[] = [];
    let left = maxNames;
    for (const [folder, { names, whole }] of [...this.#folders].reverse()) {
      if (left <= 0) break;
      if (names.size > left) {
        const some = new Map([...names].slice(-left));
        for (const name of some.keys()) names.delete(name);
        this.#names -= left;
        taken.push({ folder, names: some, whole: false });
        break;
      }
      this.#folders.delete(folder);
      this.#names -= names.size;
      // A folder without names is not free of cost either.
      left -= Math.max(1, names.size);
      taken.push({ folder, names, whole });
    }
    return taken;
  }
}
