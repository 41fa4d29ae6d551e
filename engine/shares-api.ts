import type { NewShare, Share } from '../contract/shares.ts';

/** What an engine can do with shared folders; as `EngineApi` otherwise. */
export interface SharesApi {
  list(): Promise<Share[]>;
  add(share: NewShare): Promise<Share>;
  remove(path: string): Promise<void>;
}
