import type { Volume } from '../../../contract/volumes.ts';
import { matchesWords } from '../../ui/text/matches-words.ts';

export type VolumeOrder = 'name' | 'size' | 'unused';

/** Those of `volumes`, which are in order of name, that a person wants to see. */
export function volumesShown(volumes: readonly Volume[], search: string, order: VolumeOrder): Volume[] {
  const found = volumes.filter((volume) => matchesWords(textOf(volume), search));
  if (order === 'unused') return found.filter((volume) => volume.users.length === 0);
  if (order === 'size') return found.sort((a, b) => (b.size?.bytes ?? -1) - (a.size?.bytes ?? -1));
  return found;
}

function textOf({ name, driver, labels, users }: Volume): string {
  const labelled = Object.entries(labels).flat();
  return [name, driver, ...labelled, ...users.map((user) => user.name)].join(' ');
}
