import { Check, ChevronRight, Copy, TerminalSquare } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Process } from '../../contract/process-tree.ts';
import { classNames } from '../ui/class-names.ts';
import { Pill } from '../ui/pill.tsx';
import { formatBytes } from '../ui/text/bytes.ts';
import { formatDuration } from '../ui/text/duration.ts';
import { plainText } from '../ui/text/plain-text.ts';
import { Untrusted } from '../ui/untrusted.tsx';
import type { ProcessRow } from './process-rows.ts';

const indentRem = 1.1;
const shownTitleLength = 1_000;

/** What a click on a row's button does: its `data-act`. The row does the same by keyboard. */
export type RowAct = 'fold' | 'raw' | 'copy';

export interface ProcessCellsProps {
  row: ProcessRow;
  /** The emulator's own part of the command line is shown. */
  raw: boolean;
  copied: boolean;
}

/** What one process shows. */
export function ProcessCells({ row, raw, copied }: ProcessCellsProps) {
  const { process } = row;
  return (
    <>
      <td className="relative pr-2 pl-3">
        <span className="flex min-w-0 items-center gap-1" style={indentOf(row.level)}>
          <FoldButton hasChildren={row.hasChildren} open={row.open} />
          <CommandLine process={process} raw={raw} />
        </span>
        <span className="absolute inset-y-0 right-1 hidden items-center bg-hover pl-1 group-hover:flex group-focus:flex">
          {process.execution === 'emulated' ? (
            <RowButton act="raw" title={`${raw ? 'Hide' : 'Show'} the emulator (Enter)`}>
              <TerminalSquare className={classNames('size-3.5', raw && 'text-foreign')} />
            </RowButton>
          ) : null}
          <RowButton act="copy" title="Copy the command line as started (Ctrl+C)">
            {copied ? <Check className="size-3.5 text-good" /> : <Copy className="size-3.5" />}
          </RowButton>
        </span>
      </td>
      <td className="pr-2">
        <ExecutionPill process={process} nativeChild={row.nativeChild} />
      </td>
      <td className="text-right text-sm text-muted tabular-nums">{process.pid}</td>
      <td className="text-right text-sm tabular-nums">{cpuText(row.cpu)}</td>
      <td className="text-right text-sm text-muted tabular-nums">{formatDuration(process.cpuMs)}</td>
      <td className="pr-3 text-right text-sm tabular-nums">{formatBytes(process.rssBytes)}</td>
    </>
  );
}

/** Share of a core, `12.5 %`. */
export function cpuText(share: number | null): string {
  return share === null ? '–' : `${(share * 100).toFixed(1)} %`;
}

export function indentOf(level: number): { paddingLeft: string } {
  return { paddingLeft: `${(level - 1) * indentRem}rem` };
}

export function FoldButton({ hasChildren, open }: { hasChildren: boolean; open: boolean }) {
  if (!hasChildren) return <span className="-ml-1 size-5 shrink-0" />;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      data-act={'fold' satisfies RowAct}
      className="-ml-1 grid size-5 shrink-0 place-items-center rounded text-faint hover:text-ink"
    >
      <ChevronRight className={classNames('size-3.5 transition-transform', open && 'rotate-90')} />
    </button>
  );
}

function RowButton({ act, title, children }: { act: RowAct; title: string; children: ReactNode }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      title={title}
      data-act={act}
      className="grid size-6 place-items-center rounded text-faint hover:text-ink"
    >
      {children}
    </button>
  );
}

function ExecutionPill({ process, nativeChild }: { process: Process; nativeChild: boolean }) {
  // It runs nothing any more; its parent has not asked how it ended.
  if (process.state === 'Z') return <Pill outline>ended</Pill>;
  if (process.execution === 'emulated') {
    return (
      <Pill tone="foreign" title={process.emulator ? `by ${plainText(process.emulator)}` : undefined}>
        <span className="font-mono">{process.arch}</span> · emulated
      </Pill>
    );
  }
  return (
    <Pill
      outline={!nativeChild}
      tone={nativeChild ? 'good' : 'neutral'}
      title={nativeChild ? "Runs without an emulator, though its container's image is foreign" : undefined}
    >
      <span className="font-mono">{process.arch}</span> · {nativeChild ? 'native here' : 'native'}
    </Pill>
  );
}

function CommandLine({ process, raw }: { process: Process; raw: boolean }) {
  if (process.argv.length === 0)
    return <Untrusted text={`[${process.comm}]`} className="truncate text-muted" />;
  const unfolded = raw && process.execution === 'emulated';
  const [program = '', ...rest] = process.argv;
  const emulator = unfolded ? process.rawArgv.slice(0, process.rawArgv.length - process.argv.length) : [];
  return (
    <span
      className="truncate font-mono text-sm"
      title={plainText([...emulator, ...process.argv].join(' ')).slice(0, shownTitleLength)}
    >
      {emulator.length > 0 ? (
        <>
          <Untrusted text={emulator.join(' ')} className="text-foreign" />{' '}
        </>
      ) : null}
      <Untrusted text={program} className="font-medium" />{' '}
      <Untrusted text={rest.join(' ')} className="text-muted" />
    </span>
  );
}
