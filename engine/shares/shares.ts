import { realpath, stat } from 'node:fs/promises';
import { normalize } from 'node:path';
import { liesIn, type NewShare, type Share } from '../../contract/shares.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import type { SharesApi } from '../shares-api.ts';
import type { Store } from '../state/store.ts';
import { refuseShare } from './refuse-share.ts';
import type { SharesFile, StoredShare } from './shares-file.ts';

export interface SharesOptions {
  readonly store: Store;
  readonly file: SharesFile;
  readonly platform: NodeJS.Platform;
}

/** The folders which the person shares with the service VM: what is wanted, on disk, and what is so, in the state. */
export class Shares implements SharesApi {
  readonly #options: SharesOptions;

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  /** Reads what was shared before; throws `bad_input` when that cannot be read. */
  async load(): Promise<void> {
    for (const stored of await this.#options.file.read()) this.#commit(await this.#look(stored));
  }

  async list(): Promise<Share[]> {
    return Object.values(this.#options.store.state.shares).sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  async add({ path: written, readOnly }: NewShare): Promise<Share> {
    const { platform, store } = this.#options;
    if (platform !== 'linux') {
      throw new EngineError({
        code: 'share_refused',
        message: 'Sharing folders is not available on macOS yet.',
        hint: 'Copy files with `docker cp`, or keep them in a volume.',
      });
    }
    const path = withoutLastSlash(normalize(written));
    const realPath = await realFolder(path);
    const { home, userHome } = store.state.host;
    refuseShare({ path, realPath, home: await realIfAny(home), userHome: await realIfAny(userHome) });
    const known = store.state.shares[path];
    const share = await this.#look({ path, readOnly, addedAt: known?.addedAt ?? Date.now() });
    await this.#write([...Object.values(store.state.shares).filter((other) => other.path !== path), share]);
    this.#commit(share);
    return share;
  }

  async remove(written: string): Promise<void> {
    const { store } = this.#options;
    const path = withoutLastSlash(normalize(written));
    const share = store.state.shares[path];
    if (!share) {
      throw new EngineError({
        code: 'unknown_share',
        message: `${path} is not shared.`,
        hint: '`foredeck share list` says what is.',
      });
    }
    const user = Object.values(store.state.containers).find(
      (container) =>
        container.state === 'running' && container.binds.some((bind) => liesIn(bind.source, path)),
    );
    if (user) {
      throw new EngineError({
        code: 'wrong_state',
        message: `${path} is in use by the container ${user.name}.`,
        hint: 'Stop it first.',
      });
    }
    await this.#write(Object.values(store.state.shares).filter((other) => other.path !== path));
    store.commit({ in: 'shares', key: path, value: null });
  }

  async #write(shares: readonly StoredShare[]): Promise<void> {
    await this.#options.file.write(shares);
  }

  async #look(stored: StoredShare): Promise<Share> {
    try {
      return { ...stored, realPath: await realFolder(stored.path), state: 'waiting', problem: null };
    } catch (thrown) {
      if (!(thrown instanceof EngineError)) throw thrown;
      return { ...stored, realPath: stored.path, state: 'missing', problem: thrown.toWire() };
    }
  }

  #commit(value: Share): void {
    this.#options.store.commit({ in: 'shares', key: value.path, value });
  }
}

function withoutLastSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

/** Where a folder lies once symbolic links are followed. Throws `share_refused` when it is none, or not there. */
async function realFolder(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    if ((await stat(real)).isDirectory()) return real;
  } catch (thrown) {
    const why =
      errnoOf(thrown) === 'ENOENT' ? 'there is no such folder' : `it cannot be read (${errnoOf(thrown)})`;
    throw new EngineError({ code: 'share_refused', message: `Cannot share ${path}: ${why}.`, cause: thrown });
  }
  throw new EngineError({
    code: 'share_refused',
    message: `Cannot share ${path}: it is a file.`,
    hint: 'Share the folder it lies in.',
  });
}

async function realIfAny(path: string): Promise<string> {
  return await realpath(path).catch(() => path);
}
