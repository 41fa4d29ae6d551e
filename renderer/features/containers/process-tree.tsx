import { ChevronRight, TerminalSquare } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import type { Container } from '../../../contract/records.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { ProcessCells } from './process-cells.tsx';
import { type ProcessRow, processRows } from './process-rows.ts';
import { useProcessSamples } from './use-process-samples.ts';

/** The real processes of a container, live, each with its architecture; the emulator's own argv on request. */
export function ProcessTree({ container }: { container: Container }) {
  const { latest, previous, error } = useProcessSamples(container.vm, container.id);
  const [folded, setFolded] = useState<ReadonlySet<number>>(new Set());
  const [raw, setRaw] = useState(false);
  const [focused, setFocused] = useState<number | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);

  if (!latest) {
    if (error)
      return <ErrorPanel tone="warn" message={error.message} hint={error.hint} details={error.details} />;
    return <p className="h-7 text-muted">Reading the processes…</p>;
  }
  const rows = processRows(latest, previous, folded);
  const focusable = rows.some((row) => row.process.pid === focused) ? focused : rows[0]?.process.pid;
  const emulated = latest.processes.filter((process) => process.execution === 'emulated');
  const fold = (pid: number, closed: boolean): void => {
    const next = new Set(folded);
    if (closed) next.add(pid);
    else next.delete(pid);
    setFolded(next);
  };
  const focusRow = (index: number): void => {
    const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
    if (!row) return;
    setFocused(row.process.pid);
    body.current?.querySelector<HTMLElement>(`[data-pid="${row.process.pid}"]`)?.focus();
  };
  const onKeyDown = (event: KeyboardEvent, row: ProcessRow, index: number): void => {
    const { pid } = row.process;
    const open = row.hasChildren && !folded.has(pid);
    const moves: Record<string, () => void> = {
      ArrowDown: () => focusRow(index + 1),
      ArrowUp: () => focusRow(index - 1),
      Home: () => focusRow(0),
      End: () => focusRow(rows.length - 1),
      ArrowRight: () => (open ? focusRow(index + 1) : fold(pid, false)),
      ArrowLeft: () => (open ? fold(pid, true) : focusRow(parentIndex(rows, index))),
    };
    const move = moves[event.key];
    if (!move || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    move();
  };

  return (
    <div className="flex flex-col gap-2">
      <div className="flex min-h-7 flex-wrap items-center gap-x-4 gap-y-1">
        <p className="text-sm text-muted tabular-nums">
          {latest.processes.length === 1 ? '1 process' : `${latest.processes.length} processes`}
          {emulated.length > 0 ? `, ${emulated.length} emulated` : ''}
          {' · '}
          {formatBytes(latest.processes.reduce((sum, process) => sum + process.rssBytes, 0))}
          {latest.omitted > 0 ? ` · ${latest.omitted} more not shown` : ''}
        </p>
        {emulated.length > 0 ? (
          <Button
            size="sm"
            kind="quiet"
            className="ml-auto"
            aria-pressed={raw}
            icon={<TerminalSquare aria-hidden className="size-3.5" />}
            onClick={() => setRaw(!raw)}
          >
            {raw ? 'Hide the emulator' : 'Show the emulator'}
          </Button>
        ) : null}
      </div>
      {error ? (
        <ErrorPanel tone="warn" message={error.message} hint={error.hint} details={error.details} />
      ) : null}
      <div className="overflow-x-auto rounded-md border border-line bg-surface">
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a treegrid is a table whose rows fold (WAI-ARIA APG)
          role="treegrid"
          aria-label={`Processes of ${plainText(container.name)}`}
          className="w-full min-w-[30rem] table-fixed text-left"
        >
          <thead className="text-xs text-faint">
            <tr className="h-7 border-b border-line">
              <th className="pl-3 font-normal">Process</th>
              <th className="w-36 font-normal">Runs as</th>
              <th className="w-16 text-right font-normal">PID</th>
              <th className="w-16 text-right font-normal">CPU</th>
              <th className="w-20 pr-3 text-right font-normal">Memory</th>
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((row, index) => {
              const { pid } = row.process;
              const open = !folded.has(pid);
              return (
                <tr
                  key={pid}
                  data-pid={pid}
                  tabIndex={pid === focusable ? 0 : -1}
                  aria-level={row.level}
                  aria-posinset={row.position}
                  aria-setsize={row.siblings}
                  aria-expanded={row.hasChildren ? open : undefined}
                  onFocus={() => setFocused(pid)}
                  onKeyDown={(event) => onKeyDown(event, row, index)}
                  className="h-7 outline-offset-[-2px] hover:bg-hover"
                >
                  <ProcessCells row={row} raw={raw}>
                    {row.hasChildren ? (
                      // The row itself folds by keyboard; this is its mouse side.
                      <button
                        type="button"
                        tabIndex={-1}
                        aria-hidden
                        onClick={() => fold(pid, open)}
                        className="-ml-1 grid size-5 shrink-0 place-items-center rounded text-faint hover:text-ink"
                      >
                        <ChevronRight
                          className={classNames('size-3.5 transition-transform', open && 'rotate-90')}
                        />
                      </button>
                    ) : (
                      <span className="-ml-1 size-5 shrink-0" />
                    )}
                  </ProcessCells>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function parentIndex(rows: readonly ProcessRow[], index: number): number {
  const level = rows[index]?.level ?? 1;
  for (let above = index - 1; above >= 0; above -= 1) if ((rows[above]?.level ?? 0) < level) return above;
  return index;
}
