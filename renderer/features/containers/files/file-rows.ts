import type { FileEntry } from '../../../../contract/container-files.ts';
import { plainText } from '../../../ui/text/plain-text.ts';
import type { GridRow } from '../../../ui/virtual-grid.tsx';

export interface FileRow extends GridRow {
  readonly entry: FileEntry;
  /** Where opening or downloading leads; null where its name is not UTF-8, and so cannot be asked for. */
  readonly path: string | null;
  readonly download: (path: string) => void;
}

const rowHeight = 34;

export function fileRows(
  folder: string,
  entries: readonly FileEntry[],
  download: (path: string) => void,
): FileRow[] {
  return entries.map((entry, index) => ({
    // Two names that are not UTF-8 may read alike.
    key: `${index} ${entry.name}`,
    level: 1,
    open: null,
    height: rowHeight,
    name: plainText(entry.name),
    entry,
    path: entry.name.includes('\ufffd') ? null : joinPath(folder, entry.name),
    download,
  }));
}

export function isFolder({ kind, leadsTo }: FileEntry): boolean {
  return kind === 'folder' || leadsTo === 'folder';
}

export function canDownload({ kind, leadsTo }: FileEntry): boolean {
  return kind === 'file' || kind === 'folder' || leadsTo !== null;
}

export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

/** `/`, and each folder on the way to `path`, by name and path. */
export function pathSteps(path: string): readonly { name: string; path: string }[] {
  const steps = [{ name: '/', path: '/' }];
  for (const name of path.split('/').filter(Boolean)) {
    steps.push({ name, path: joinPath(steps.at(-1)?.path ?? '/', name) });
  }
  return steps;
}

const letters = ['r', 'w', 'x'];

/** `0o4755` as "rwsr-xr-x", as ls prints it. */
export function modeWords(mode: number): string {
  const bits = [...Array(9).keys()].map((at) => (mode & (0o400 >> at) ? (letters[at % 3] ?? '') : '-'));
  const special = (bit: number, at: number, letter: string): void => {
    if (mode & bit) bits[at] = bits[at] === 'x' ? letter : letter.toUpperCase();
  };
  special(0o4000, 2, 's');
  special(0o2000, 5, 's');
  special(0o1000, 8, 't');
  return bits.join('');
}
