import { realpath } from 'node:fs/promises';
import { relative } from 'node:path';
import { liesIn } from '../../contract/shares.ts';
import type { Log } from '../base/log.ts';
import type { Store } from '../state/store.ts';
import { FolderBudget } from './folder-budget.ts';
import { FolderWatch } from './folder-watch.ts';
import { type WatchedRoot, watchedRoots } from './watched-roots.ts';

export interface WatchedMountsOptions {
  readonly store: Store;
  readonly log: Log;
  /** Folders watched at once, in all mounts together. */
  readonly maxFolders: number;
  /** As of `FolderWatchOptions`. */
  readonly onChange: (folder: string, name: string, cameOrWent: boolean) => void;
}

/** The innermost share which a path of the host lies in, and who watches it. */
export interface Covered {
  readonly watch: FolderWatch;
  readonly share: string;
  /** In the share, without a leading slash; empty for the share itself. */
  pathOf(hostPath: string): string;
}

interface Mount {
  /** The root without symbolic links; null where it leads out of the share, or to nothing: it is not watched. */
  readonly realRoot: string | null;
  readonly watch: FolderWatch;
}

/** Watches what running containers have mounted of shared folders: the state says what, `update` follows it. */
export class WatchedMounts {
  readonly #options: WatchedMountsOptions;
  readonly #budget: FolderBudget;
  readonly #mounts = new Map<string, Mount>();
  /** Mounted shares, without symbolic links, inner ones first. */
  #mountedShares: string[] = [];
  /** What the mounts were made by; replaced in the state whenever something changes. */
  #shares: unknown;
  #containers: unknown;

  constructor(options: WatchedMountsOptions) {
    this.#options = options;
    this.#budget = new FolderBudget(options.maxFolders);
  }

  /** Resolves when everything that is mounted now is watched, with whether anything is. */
  async update(): Promise<boolean> {
    const { shares, containers } = this.#options.store.state;
    if (shares === this.#shares && containers === this.#containers) return this.#mounts.size > 0;
    this.#shares = shares;
    this.#containers = containers;
    const wanted = new Map(watchedRoots({ shares, containers }).map((root) => [keyOf(root), root]));
    this.#mountedShares = Object.values(shares)
      .filter(({ state }) => state === 'mounted')
      .map(({ realPath }) => realPath)
      .sort((a, b) => b.length - a.length);
    for (const [key, { watch }] of this.#mounts) {
      if (wanted.has(key)) continue;
      this.#mounts.delete(key);
      watch.close();
      if (wanted.size === 0) this.#options.log.info('watches nothing on the host any more');
    }
    for (const [key, root] of wanted) {
      if (!this.#mounts.has(key)) await this.#open(key, root);
    }
    return this.#mounts.size > 0;
  }

  /** Undefined for what is not watched any more. */
  covering(hostPath: string): Covered | undefined {
    const mount = [...this.#mounts.values()].find(
      ({ realRoot }) => realRoot !== null && liesIn(hostPath, realRoot),
    );
    // A share in a share is mounted over what the outer one has there.
    const share = this.#mountedShares.find((each) => liesIn(hostPath, each));
    if (!mount || share === undefined) return undefined;
    return { watch: mount.watch, share, pathOf: (path) => relative(share, path) };
  }

  /** Tells of folders which could not be watched since the last call. */
  tellLeftOut(): void {
    const { log, maxFolders } = this.#options;
    const folders = this.#budget.takeRefused();
    if (folders === 0) return;
    log.warn(
      { folders, maxFolders },
      'mounted folders have more folders in them than are watched; changes in the deepest are not told to the VM',
    );
  }

  close(): void {
    for (const { watch } of this.#mounts.values()) watch.close();
    this.#mounts.clear();
  }

  async #open(key: string, root: WatchedRoot): Promise<void> {
    const { log, onChange } = this.#options;
    const real = await realpath(root.hostPath).catch(() => null);
    const inShare = real !== null && liesIn(real, root.share);
    let unwatched = 0;
    const watch = new FolderWatch({
      root: real ?? root.hostPath,
      takeRoom: () => this.#budget.take(),
      releaseRoom: () => this.#budget.release(),
      onChange,
      onUnwatched: (folder, errno) => {
        unwatched += 1;
        if (unwatched === 1) log.warn({ folder, errno }, 'a folder cannot be watched, nor may others be');
      },
    });
    this.#mounts.set(key, { realRoot: inShare ? real : null, watch });
    if (!inShare) return;
    const begun = performance.now();
    await watch.open();
    const tookMs = Math.round(performance.now() - begun);
    log.info({ root: real, folders: this.#budget.used, unwatched, tookMs }, 'watches a mounted folder');
    this.tellLeftOut();
  }
}

function keyOf({ hostPath, share }: WatchedRoot): string {
  return `${share}\0${hostPath}`;
}
