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

export interface ProcessCellsProps {
  row: ProcessRow;
  /** The emulator's own part of the command line is shown. */
  raw: boolean;
  copied: boolean;
  onFold: () => void;
  onRaw: () => void;
  onCopy: () => void;
}

/** What one process shows. Its buttons are the mouse's side of what the row does by keyboard. */
export function ProcessCells({ row, raw, copied, onFold, onRaw, onCopy }: ProcessCellsProps) {
  const { process } = row;
  return (
    <>
      <td className="pl-3">
        <span className="flex min-w-0 items-center gap-1" style={indentOf(row.level)}>
          <FoldButton hasChildren={row.hasChildren} open={row.open} onFold={onFold} />
          <CommandLine process={process} raw={raw} />
          <span className="ml-auto flex shrink-0 pl-1">
            {process.execution === 'emulated' ? (
              <RowButton
                title={raw ? 'Hide the emulator (Enter)' : 'Show the emulator (Enter)'}
                pressed={raw}
                onClick={onRaw}
              >
                <TerminalSquare className="size-3.5" />
              </RowButton>
            ) : null}
            <RowButton title="Copy the command line as started (Ctrl+C)" onClick={onCopy}>
              {copied ? <Check className="size-3.5 text-good" /> : <Copy className="size-3.5" />}
            </RowButton>
          </span>
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

export function FoldButton(props: { hasChildren: boolean; open: boolean; onFold: () => void }) {
  if (!props.hasChildren) return <span className="-ml-1 size-5 shrink-0" />;
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      onClick={props.onFold}
      className="-ml-1 grid size-5 shrink-0 place-items-center rounded text-faint hover:text-ink"
    >
      <ChevronRight className={classNames('size-3.5 transition-transform', props.open && 'rotate-90')} />
    </button>
  );
}

function RowButton(props: { title: string; pressed?: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      tabIndex={-1}
      aria-hidden
      title={props.title}
      onClick={props.onClick}
      className={classNames(
        'grid size-6 place-items-center rounded text-faint hover:bg-hover hover:text-ink',
        'opacity-0 group-hover:opacity-100 group-focus:opacity-100',
        props.pressed && 'text-foreign opacity-100',
      )}
    >
      {props.children}
    </button>
  );
}

function ExecutionPill({ process, nativeChild }: { process: Process; nativeChild: boolean }) {
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
