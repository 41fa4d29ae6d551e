/** Names in one folder of the host which something happened to. */
export interface FolderChanges {
  readonly folder: string;
  /** Each with whether it came or went; otherwise its content or attributes changed. */
  readonly names: ReadonlyMap<string, boolean>;
  /** More happened here than was kept: only that something did is known. */
  readonly whole: boolean;
}

/**
 * What has happened on the host and was not told yet: everything once, at most `maxNames` names, the newest; of older ones
 * only their folders are remembered. The newest goes first: whoever saves a file just after ten thousand were checked out
 * does not wait for those.
 */
export class PendingChanges {
  readonly #maxNames: number;
  /** Names by folder, none of them empty, those longest without news first. */
  readonly #folders = new Map<string, Map<string, boolean>>();
  /** Folders of which names were dropped. */
  readonly #whole = new Set<string>();
  #names = 0;
  #dropped = 0;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  get empty(): boolean {
    return this.#folders.size === 0 && this.#whole.size === 0;
  }

  /** Names that were dropped since the last call. */
  takeDropped(): number {
    const dropped = this.#dropped;
    this.#dropped = 0;
    return dropped;
  }

  clear(): void {
    this.#folders.clear();
    this.#whole.clear();
    this.#names = 0;
  }

  add(folder: string, name: string, cameOrWent: boolean): void {
    const names = this.#folders.get(folder) ?? new Map<string, boolean>();
    const known = names.get(name);
    // Behind all others: as a name in its folder, as a folder among folders.
    names.delete(name);
    names.set(name, cameOrWent || (known ?? false));
    this.#folders.delete(folder);
    this.#folders.set(folder, names);
    if (known === undefined) this.#names += 1;
    if (this.#names > this.#maxNames) this.#dropOldest();
  }

  /** Takes the newest out: at most `maxNames` names, and after them folders which have none left. */
  take(maxNames: number): FolderChanges[] {
    const taken: FolderChanges[] = [];
    let left = maxNames;
    for (const [folder, names] of [...this.#folders].reverse()) {
      if (left === 0) return taken;
      const some = new Map([...names].slice(-left));
      for (const name of some.keys()) names.delete(name);
      left -= some.size;
      this.#names -= some.size;
      if (names.size === 0) this.#folders.delete(folder);
      taken.push({ folder, names: some, whole: names.size === 0 && this.#whole.delete(folder) });
    }
    for (const folder of this.#whole) {
      if (left === 0) break;
      // A folder is told as one name is, and costs as much.
      left -= 1;
      this.#whole.delete(folder);
      taken.push({ folder, names: new Map(), whole: true });
    }
    return taken;
  }

  #dropOldest(): void {
    for (const [folder, names] of this.#folders) {
      const [oldest] = names.keys();
      if (oldest !== undefined) names.delete(oldest);
      if (names.size === 0) this.#folders.delete(folder);
      this.#whole.add(folder);
      this.#names -= 1;
      this.#dropped += 1;
      return;
    }
  }
}
