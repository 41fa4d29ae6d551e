import type { ContainerApi } from '../container-api.ts';
import { refused } from './refused.ts';

/** A scripted engine has containers' rows at most: everything about them is refused. */
export const scriptedContainers: ContainerApi = {
  act: async () => refuse(),
  actOnProject: async () => refuse(),
  removal: async () => refuse(),
  remove: async () => refuse(),
  inspect: async () => refuse(),
  // biome-ignore lint/correctness/useYield: a stream that is refused has nothing to give
  watchLogs: async function* () {
    refuse();
  },
  // biome-ignore lint/correctness/useYield: a stream that is refused has nothing to give
  watchUsage: async function* () {
    refuse();
  },
  files: async () => refuse(),
  download: async () => refuse(),
  attachDownload: () => refuse(),
};

function refuse(): never {
  throw refused('containers');
}
