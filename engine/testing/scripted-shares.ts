import type { NewShare, Share } from '../../contract/shares.ts';
import { EngineError } from '../base/engine-error.ts';
import type { SharesApi } from '../shares-api.ts';

/** Everything that is added is mounted, but for what is called `gone`, which fails, and `/etc`, which is refused. */
export class ScriptedShares implements SharesApi {
  readonly #shares = new Map<string, Share>();

  async list(): Promise<Share[]> {
    return [...this.#shares.values()];
  }

  async add({ path, readOnly }: NewShare): Promise<Share> {
    if (path === '/etc') {
      throw new EngineError({
        code: 'share_refused',
        message: 'Cannot share /etc: the VM has its own.',
        hint: 'Share a folder elsewhere.',
      });
    }
    const failed = path.endsWith('/gone');
    const share: Share = {
      path,
      realPath: path,
      readOnly,
      state: failed ? 'failed' : 'mounted',
      problem: failed
        ? { code: 'share_failed', message: 'The VM could not mount it.', hint: 'Add it again.', details: {} }
        : null,
      addedAt: 1_700_000_000_000,
    };
    this.#shares.set(path, share);
    return share;
  }

  async remove(path: string): Promise<void> {
    if (!this.#shares.delete(path)) {
      throw new EngineError({ code: 'unknown_share', message: `${path} is not shared.` });
    }
  }
}
