import type { ReactNode } from 'react';
import type { Process } from '../../../contract/process-tree.ts';
import { Pill } from '../../ui/pill.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import type { ProcessRow } from './process-rows.ts';

const indentRem = 1.1;

/** What one process shows. `children` is the folding button before its name. */
export function ProcessCells({ row, raw, children }: { row: ProcessRow; raw: boolean; children: ReactNode }) {
  const { process } = row;
  return (
    <>
      <td className="truncate pl-3">
        <span
          className="flex min-w-0 items-center gap-1"
          style={{ paddingLeft: `${(row.level - 1) * indentRem}rem` }}
        >
          {children}
          <CommandLine process={process} raw={raw} />
        </span>
      </td>
      <td className="pr-2">
        {process.execution === 'emulated' ? (
          <Pill tone="foreign" title={process.emulator ? `by ${plainText(process.emulator)}` : undefined}>
            <span className="font-mono">{process.arch}</span> · emulated
          </Pill>
        ) : (
          <Pill outline>
            <span className="font-mono">{process.arch}</span> · native
          </Pill>
        )}
      </td>
      <td className="text-right text-sm text-muted tabular-nums">{process.pid}</td>
      <td className="text-right text-sm tabular-nums">
        {row.cpu === null ? '–' : `${(row.cpu * 100).toFixed(1)} %`}
      </td>
      <td className="pr-3 text-right text-sm tabular-nums">{formatBytes(process.rssBytes)}</td>
    </>
  );
}

function CommandLine({ process, raw }: { process: Process; raw: boolean }) {
  if (process.argv.length === 0)
    return <Untrusted text={`[${process.comm}]`} className="truncate text-muted" />;
  const prefixed = raw && process.execution === 'emulated';
  const [program = '', ...rest] = prefixed ? process.rawArgv : process.argv;
  return (
    <span
      className="truncate font-mono text-sm"
      title={plainText([program, ...rest].join(' ')).slice(0, 1_000)}
    >
      <Untrusted text={program} className={prefixed ? 'text-foreign' : 'font-medium'} />{' '}
      <Untrusted text={rest.join(' ')} className="text-muted" />
    </span>
  );
}
