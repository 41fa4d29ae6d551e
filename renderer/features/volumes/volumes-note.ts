import type { Volume } from '../../../contract/volumes.ts';
import { formatBytes } from '../../ui/text/bytes.ts';

/** How many there are and what they take, in a line; undefined when there are none. */
export function volumesNote(volumes: readonly Volume[], away: boolean): string | undefined {
  if (volumes.length === 0) return undefined;
  const unused = volumes.filter((volume) => volume.users.length === 0).length;
  const sizes = volumes.flatMap(({ size }) => (size ? [size.bytes] : []));
  const count = `${volumes.length === 1 ? '1 volume' : `${volumes.length} volumes`}, ${unused} unused`;
  const heard = away ? `When last heard of: ${count}` : count;
  if (sizes.length === 0) return heard;
  const bytes = formatBytes(sizes.reduce((sum, size) => sum + size, 0));
  return sizes.length === volumes.length
    ? `${heard} · ${bytes}`
    : `${heard} · ${bytes} in the ${sizes.length} that were measured`;
}
