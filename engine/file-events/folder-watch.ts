import { type Dirent, type FSWatcher, lstatSync, watch } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errnoOf } from '../base/engine-error.ts';

export interface FolderWatchOptions {
  /** A folder of the host, or one file. Without symbolic links. */
  readonly root: string;
  /** Takes room for one more folder; false where there is none, and the folder is left out. */
  readonly takeRoom: () => boolean;
  readonly releaseRoom: () => void;
  /** Something happened to `name` in `folder`; `cameOrWent`: it appeared, was replaced, moved or removed. */
  readonly onChange: (folder: string, name: string, cameOrWent: boolean) => void;
  /** A folder could not be watched; with ENOSPC or EMFILE the system's own limit is reached. */
  readonly onUnwatched: (folder: string, errno: string) => void;
}

/** A folder, or the root that is a file, while it is watched. */
interface Watched {
  readonly watcher: FSWatcher;
  /** Tells it from another one which has taken its name. */
  readonly identity: string | null;
  /** Identity of what is in it under its own name: node_modules/node_modules. */
  namesake: string | null;
  readonly subfolders: Set<string>;
}

/**
 * Watches a folder with everything in it, each folder by a watch of its own: inotify(7) has no other way. Symbolic links
 * are not followed. Who is told of a name has to look what it is and call `entered` or `left` for folders: nothing is
 * looked at here, so that a storm of changes costs one look at each name.
 */
export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #watched = new Map<string, Watched>();
  #closed = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** Resolves when everything is watched that can be. A root that is not there has nothing to watch. */
  async open(): Promise<void> {
    const { root } = this.#options;
    const stats = await lstat(root).catch(() => undefined);
    if (stats?.isDirectory()) await this.#watchTree(root, false);
    else if (stats?.isFile()) this.#watch(root, (name) => this.#options.onChange(dirname(root), name, false));
  }

  /** Whether `path` is a folder that is watched, and not another one which has taken its name. */
  knows(path: string): boolean {
    return this.#isSame(this.#watched.get(path), path);
  }

  /** A folder came: watches it, and tells of everything in it as of names that came. */
  async entered(folder: string): Promise<void> {
    this.left(folder);
    await this.#watchTree(folder, true);
  }

  /** More happened in a folder than was told: watches the folders in it which are new. */
  async lookAgain(folder: string): Promise<void> {
    if (!this.#watched.has(folder)) return;
    for (const entry of await entriesOf(folder)) {
      const path = join(folder, entry.name);
      if (entry.isDirectory() && !this.knows(path)) await this.entered(path);
    }
  }

  /** A folder went, or is somewhere else. */
  left(folder: string): void {
    const watched = this.#watched.get(folder);
    if (!watched) return;
    for (const subfolder of watched.subfolders) this.left(subfolder);
    this.#watched.delete(folder);
    this.#watched.get(dirname(folder))?.subfolders.delete(folder);
    watched.watcher.close();
    this.#options.releaseRoom();
  }

  close(): void {
    this.#closed = true;
    for (const path of [...this.#watched.keys()]) this.left(path);
  }

  /** Nearest folders first, so that a bound leaves out the deepest. */
  async #watchTree(top: string, tell: boolean): Promise<void> {
    const { onChange } = this.#options;
    const folders = [top];
    for (const folder of folders) {
      if (this.#closed) return;
      // Before it is read: what comes in between is told twice rather than never.
      const happened = (name: string, came: boolean): void => this.#happened(folder, name, came);
      if (!this.#watched.has(folder) && !this.#watch(folder, happened)) continue;
      for (const entry of await entriesOf(folder)) {
        if (tell) onChange(folder, entry.name, true);
        if (entry.isDirectory()) folders.push(join(folder, entry.name));
      }
    }
  }

  /**
   * libuv calls a folder that something happened to by its own last name, as if it were a name in it, and says `rename`
   * of whatever happens to a folder, be it a change of its attributes. Such a change goes no further: telling of names
   * in a folder makes one.
   */
  #happened(folder: string, name: string, cameOrWent: boolean): void {
    const { root, onChange } = this.#options;
    const watched = this.#watched.get(folder);
    if (watched && name === basename(folder)) {
      if (!this.#isSame(watched, folder)) {
        this.left(folder);
        if (folder !== root) onChange(dirname(folder), name, true);
        return;
      }
      const namesake = identityOf(join(folder, name));
      if (cameOrWent && namesake === watched.namesake) return;
      watched.namesake = namesake;
    }
    if (cameOrWent && this.knows(join(folder, name))) return;
    onChange(folder, name, cameOrWent);
  }

  #isSame(watched: Watched | undefined, path: string): boolean {
    return watched !== undefined && watched.identity === identityOf(path);
  }

  #watch(path: string, onEvent: (name: string, cameOrWent: boolean) => void): boolean {
    const { takeRoom, releaseRoom, onUnwatched } = this.#options;
    if (this.#closed || !takeRoom()) return false;
    try {
      const watcher = watch(path, { persistent: false }, (type, name) => {
        if (name !== null) onEvent(name, type === 'rename');
      });
      watcher.on('error', () => this.left(path));
      this.#watched.set(path, {
        watcher,
        identity: identityOf(path),
        namesake: identityOf(join(path, basename(path))),
        subfolders: new Set(),
      });
      this.#watched.get(dirname(path))?.subfolders.add(path);
      return true;
    } catch (thrown) {
      releaseRoom();
      onUnwatched(path, errnoOf(thrown) ?? String(thrown));
      return false;
    }
  }
}

/**
 * Null when there is nothing, or nothing to be seen by us. The number of a removed folder may be given to the next one, so
 * its birth counts too.
 */
function identityOf(path: string): string | null {
  try {
    const { dev, ino, birthtimeMs } = lstatSync(path);
    return `${dev} ${ino} ${birthtimeMs}`;
  } catch {
    return null;
  }
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  return await readdir(folder, { withFileTypes: true }).catch(() => []);
}
