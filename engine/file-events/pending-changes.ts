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
 * What has happened on the host and was not told yet: everything once, in the order in which folders were first heard
 * of, at most `maxNames` names. What comes beyond them is remembered by its folder alone.
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
      this.#folders.set(folder, pending);
    }
    const known = pending.names.get(name);
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

  /** Takes the oldest out: at most `maxNames` names, in whole folders where they fit. */
  take(maxNames: number): FolderChanges[] {
    const taken: FolderChanges[] = [];
    let left = maxNames;
    for (const [folder, pending] of this.#folders) {
      if (left <= 0) break;
      if (pending.names.size <= left) {
        this.#folders.delete(folder);
        // A folder without names is not free of cost either.
        left -= Math.max(1, pending.names.size);
        this.#names -= pending.names.size;
        taken.push({ folder, ...pending });
        continue;
      }
      const names = new Map<string, boolean>();
      for (const [name, cameOrWent] of pending.names) {
        if (names.size === left) break;
        names.set(name, cameOrWent);
        pending.names.delete(name);
      }
      this.#names -= names.size;
      taken.push({ folder, names, whole: false });
      break;
    }
    return taken;
  }
}
