import { realpath } from 'node:fs/promises';
import { normalize } from 'node:path';
import { liesIn, type NewShare, type Share } from '../../contract/shares.ts';
import { EngineError } from '../base/engine-error.ts';
import type { SharesApi } from '../shares-api.ts';
import type { Store } from '../state/store.ts';
import { lookAtFolder } from './look-at-folder.ts';
import { refuseShare } from './refuse-share.ts';
import type { SharedFolders } from './shared-folders.ts';
import type { SharesFile } from './shares-file.ts';

export interface SharesOptions {
  readonly store: Store;
  readonly file: SharesFile;
  readonly folders: SharedFolders;
  readonly platform: NodeJS.Platform;
}

/** The folders which the person shares with the service VM: what is wanted. What is so, `SharedFolders` tells. */
export class Shares implements SharesApi {
  readonly #options: SharesOptions;

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  /** Reads what was shared before; throws `bad_input` when that cannot be read. */
  async load(): Promise<void> {
    const { file, folders, store } = this.#options;
    for (const stored of await file.read()) {
      const value: Share = { ...stored, realPath: stored.path, state: 'waiting', problem: null };
      store.commit({ in: 'shares', key: value.path, value });
    }
    await folders.settle();
  }

  async list(): Promise<Share[]> {
    return Object.values(this.#options.store.state.shares).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async add({ path: written, readOnly }: NewShare): Promise<Share> {
    const { folders, platform, store } = this.#options;
    if (platform !== 'linux') throw notOnMacOs();
    const path = withoutLastSlash(normalize(written));
    if (controlCharacter.test(path)) throw unprintable(path);
    const { realPath } = await lookAtFolder(path);
    const { home, userHome } = store.state.host;
    refuseShare({ path, realPath, home: await realIfAny(home), userHome: await realIfAny(userHome) });
    const addedAt = store.state.shares[path]?.addedAt ?? Date.now();
    const value: Share = { path, realPath, readOnly, addedAt, state: 'pending', problem: null };
    await this.#remember([...this.#others(path), value]);
    store.commit({ in: 'shares', key: path, value });
    await folders.settle();
    return store.state.shares[path] ?? value;
  }

  async remove(written: string): Promise<void> {
    const { folders, store } = this.#options;
    const path = withoutLastSlash(normalize(written));
    const share = store.state.shares[path];
    if (!share) {
      throw new EngineError({
        code: 'unknown_share',
        message: `${path} is not shared.`,
        hint: '`foredeck share list` says what is.',
      });
    }
    this.#refuseInUse(share);
    await this.#remember(this.#others(path));
    await folders.remove(path);
  }

  #refuseInUse({ path, realPath }: Share): void {
    const { containers } = this.#options.store.state;
    const user = Object.values(containers).find(
      ({ state, binds }) =>
        state === 'running' && binds.some(({ source }) => liesIn(source, path) || liesIn(source, realPath)),
    );
    if (!user) return;
    throw new EngineError({
      code: 'wrong_state',
      message: `${path} is in use by the container ${user.name}.`,
      hint: 'Stop it first.',
    });
  }

  #others(path: string): Share[] {
    return Object.values(this.#options.store.state.shares).filter((share) => share.path !== path);
  }

  async #remember(shares: readonly Share[]): Promise<void> {
    await this.#options.file.write(shares);
  }
}

/** The list which the guest reads has a line for each; such names are accidents anyway. */
const controlCharacter = /\p{Cc}/u;

function unprintable(path: string): EngineError {
  return new EngineError({
    code: 'share_refused',
    message: `Cannot share ${JSON.stringify(path)}: its name has control characters, such as a line's end.`,
    hint: 'Rename the folder.',
  });
}

function notOnMacOs(): EngineError {
  return new EngineError({
    code: 'share_refused',
    message: 'Sharing folders is not available on macOS yet.',
    hint: 'Copy files with `docker cp`, or keep them in a volume.',
  });
}

function withoutLastSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

async function realIfAny(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}
