import type { Container } from '../../../contract/records.ts';
import type { GroupRow } from '../../process-tree/grouped-rows.ts';
import { cpuText, FoldButton } from '../../process-tree/process-cells.tsx';
import { taxWords } from '../../process-tree/tax-words.ts';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatDuration } from '../../ui/text/duration.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { ArchPill } from '../../vocabulary/arch-pill.tsx';

export interface GroupCellsProps {
  row: GroupRow;
  /** Undefined for the VM itself, and for a container that Docker does not list. */
  container: Container | undefined;
  name: string;
}

/** The head of one container's processes: how it runs, what it uses and what emulation costs it. */
export function GroupCells({ row, container, name }: GroupCellsProps) {
  const cost = row.tax ? taxWords(row.tax) : [];
  return (
    <>
      <td className="pr-2 pl-3">
        <span className="flex min-w-0 items-center gap-1">
          <FoldButton hasChildren={row.hasChildren} open={row.open} />
          <span className="min-w-0 leading-tight">
            <span className="flex min-w-0 items-baseline gap-2">
              <Untrusted text={name} className="truncate font-semibold" />
              <span className="shrink-0 text-xs text-faint tabular-nums">
                {row.processes === 1 ? '1 process' : `${row.processes} processes`}
              </span>
            </span>
            {cost.length > 0 ? (
              <span className="block truncate text-xs text-foreign tabular-nums" title={cost.join('\n')}>
                {cost.join(' · ')}
              </span>
            ) : null}
          </span>
        </span>
      </td>
      <td className="pr-2">
        {container ? (
          <ArchPill arch={container.arch} execution={container.execution} emulator={container.emulator} />
        ) : null}
      </td>
      <td />
      <td className="text-right text-sm tabular-nums">{cpuText(row.cpu)}</td>
      <td className="text-right text-sm text-muted tabular-nums">{formatDuration(row.cpuMs)}</td>
      <td className="pr-3 text-right text-sm tabular-nums">{formatBytes(row.rssBytes)}</td>
    </>
  );
}
