import { CornerDownRight, Download, File, Folder, FolderSymlink, Plug } from 'lucide-react';
import { IconButton } from '../../../ui/icon-button.tsx';
import { formatBytes } from '../../../ui/text/bytes.ts';
import { plainText } from '../../../ui/text/plain-text.ts';
import { Untrusted } from '../../../ui/untrusted.tsx';
import type { GridCellsProps } from '../../../ui/virtual-grid.tsx';
import { timeWords } from '../log/log-line-view.tsx';
import { canDownload, type FileRow, isFolder, modeWords } from './file-rows.ts';

/** "2026-11-22 11:52" of a whole time. */
const minuteChars = 16;

export function FileHead() {
  return (
    <>
      <th className="pl-3">Name</th>
      <th className="w-20 text-right">Size</th>
      <th className="w-0 pl-4 md:w-38">
        <span className="max-md:hidden">Changed</span>
      </th>
      <th className="w-0 pl-4 lg:w-28">
        <span className="max-lg:hidden">Mode</span>
      </th>
      <th className="w-0 pl-4 lg:w-24">
        <span className="max-lg:hidden">Owner</span>
      </th>
      <th className="w-12">
        <span className="sr-only">Actions</span>
      </th>
    </>
  );
}

export function FileCells({ row, tabIndex }: GridCellsProps<FileRow>) {
  const { entry, path, download } = row;
  return (
    <>
      <td className="pr-2 pl-3">
        <div className="flex min-w-0 items-center gap-2">
          <EntryIcon row={row} />
          <span className="min-w-0 truncate">
            <Untrusted text={entry.name} className={isFolder(entry) ? 'font-medium' : ''} />
            {entry.target === null ? null : (
              <span className="text-muted">
                {' → '}
                <Untrusted text={entry.target} />
                {entry.leadsTo === null ? ' (leads nowhere)' : ''}
              </span>
            )}
            {path === null ? <span className="text-sm text-warn"> · not UTF-8, cannot be opened</span> : null}
          </span>
        </div>
      </td>
      <td className="text-right text-sm text-muted tabular-nums">
        {entry.kind === 'file' ? formatBytes(entry.sizeBytes) : ''}
      </td>
      <td className="truncate text-sm text-muted tabular-nums max-md:*:hidden md:pl-4">
        <span>{timeWords(entry.modifiedAt).slice(0, minuteChars)}</span>
      </td>
      <td className="truncate font-mono text-sm text-muted max-lg:*:hidden lg:pl-4">
        <span>{modeWords(entry.mode)}</span>
      </td>
      <td className="truncate text-sm text-muted tabular-nums max-lg:*:hidden lg:pl-4">
        <span>
          {entry.uid}:{entry.gid}
        </span>
      </td>
      <td className="pr-2 text-right">
        {canDownload(entry) && path !== null ? (
          <IconButton
            label={`Download ${plainText(entry.name)}${isFolder(entry) ? ' as a tar archive' : ''}`}
            icon={<Download aria-hidden className="size-3.5" />}
            tabIndex={tabIndex}
            onClick={() => download(path)}
          />
        ) : null}
      </td>
    </>
  );
}

function EntryIcon({ row: { entry } }: { row: FileRow }) {
  const look = 'size-4 shrink-0 text-faint';
  if (entry.kind === 'folder') return <Folder role="img" aria-label="Folder" className={look} />;
  if (entry.leadsTo === 'folder') {
    return <FolderSymlink role="img" aria-label="Link to a folder" className={look} />;
  }
  if (entry.kind === 'link') return <CornerDownRight role="img" aria-label="Link" className={look} />;
  if (entry.kind === 'file') return <File role="img" aria-label="File" className={look} />;
  return <Plug role="img" aria-label={`A ${entry.kind}`} className={look} />;
}
