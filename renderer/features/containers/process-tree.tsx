import { useState } from 'react';
import { isNativeChild } from '../../../contract/process-tree.ts';
import type { Container } from '../../../contract/records.ts';
import { cpuShares } from '../../process-tree/cpu-shares.ts';
import { ProcessGrid } from '../../process-tree/process-grid.tsx';
import { processRows } from '../../process-tree/process-rows.ts';
import { RawButton } from '../../process-tree/raw-button.tsx';
import { taxWords } from '../../process-tree/tax-words.ts';
import { useFolded } from '../../process-tree/use-folded.ts';
import { useNativeArches } from '../../process-tree/use-native-arches.ts';
import { useProcessSamples } from '../../process-tree/use-process-samples.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';

/** The real processes of a container, live, each with its architecture, and what emulation costs it. */
export function ProcessTree({ container }: { container: Container }) {
  const { latest, previous, error } = useProcessSamples(container.vm, container.id);
  const nativeArches = useNativeArches(container.vm);
  const [folded, fold] = useFolded();
  const [raw, setRaw] = useState(false);
  const problem = error ? (
    <ErrorPanel tone="warn" message={error.message} hint={error.hint} details={error.details} />
  ) : null;
  if (!latest) return problem ?? <p className="h-7 text-muted">Reading the processes…</p>;

  const { processes, taxes, omitted } = latest;
  const rows = processRows({
    processes,
    cpuOf: cpuShares(latest, previous),
    isNativeChild: (process) => isNativeChild(process, container.arch, nativeArches),
    folded,
    matches: null,
    level: 1,
  });
  const emulated = processes.filter((process) => process.execution === 'emulated').length;
  const nativeChildren = rows.filter((row) => row.nativeChild).length;
  const counts = [
    processes.length === 1 ? '1 process' : `${processes.length} processes`,
    ...(emulated > 0 ? [`${emulated} emulated`] : []),
    ...(nativeChildren > 0 ? [`${nativeChildren} native in a foreign container`] : []),
  ].join(', ');
  const memory = formatBytes(processes.reduce((sum, process) => sum + process.rssBytes, 0));
  return (
    <div className="flex flex-col gap-2">
      <div className="flex min-h-7 flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <p className="text-sm text-muted tabular-nums">
          {[counts, memory, ...(omitted > 0 ? [`${omitted} more not shown`] : [])].join(' · ')}
        </p>
        {emulated > 0 ? <RawButton raw={raw} onChange={setRaw} /> : null}
      </div>
      {taxes.map((tax) => (
        <p key={tax.containerId} className="text-sm text-foreign tabular-nums empty:hidden">
          {taxWords(tax).join(' · ')}
        </p>
      ))}
      {problem}
      <ProcessGrid
        label={`Processes of ${plainText(container.name)}`}
        rows={rows}
        onFold={fold}
        raw={raw}
        className="max-h-96"
      />
    </div>
  );
}
