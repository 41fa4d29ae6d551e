import type { NewShare } from '../../contract/shares.ts';
import { perform } from '../state/perform.ts';

/** What sharing this folder is pending under. */
export const sharingKey = (path: string): string => `share:${path}`;

/** Shares a folder, or changes how it is shared. Resolves with whether the VM sees it now, or will when it runs. */
export async function shareFolder({ path, readOnly }: NewShare): Promise<boolean> {
  const share = await perform(sharingKey(path), (client) => client.shares.add({ path, readOnly }));
  return share !== undefined && share.state !== 'failed' && share.state !== 'missing';
}
