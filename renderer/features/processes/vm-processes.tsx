import { Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { isNativeChild } from '../../../contract/process-tree.ts';
import type { Vm } from '../../../contract/records.ts';
import { cpuShares } from '../../process-tree/cpu-shares.ts';
import { groupedRows } from '../../process-tree/grouped-rows.ts';
import { ProcessGrid } from '../../process-tree/process-grid.tsx';
import { processSearch } from '../../process-tree/process-search.ts';
import { RawButton } from '../../process-tree/raw-button.tsx';
import { useFolded } from '../../process-tree/use-folded.ts';
import { useNativeArches } from '../../process-tree/use-native-arches.ts';
import { useProcessSamples } from '../../process-tree/use-process-samples.ts';
import { useContainers, useStale } from '../../state/hooks.ts';
import { controlLook } from '../../ui/control-look.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { GroupCells } from './group-cells.tsx';

const shortIdLength = 12;

/** The processes of a running VM, live: heading, search and tree. */
export function VmProcesses({ vm }: { vm: Vm }) {
  const { latest, previous, error } = useProcessSamples(vm.name, null);
  const containers = useContainers();
  const byId = useMemo(() => new Map(containers.map((container) => [container.id, container])), [containers]);
  const nativeArches = useNativeArches(vm.name);
  const stale = useStale();
  const [folded, fold] = useFolded();
  const [raw, setRaw] = useState(false);
  const [search, setSearch] = useState('');
  const nameOf = (id: string | null): string =>
    id === null ? 'The VM itself' : (byId.get(id)?.name ?? id.slice(0, shortIdLength));
  const rows = latest
    ? groupedRows({
        processes: latest.processes,
        taxes: latest.taxes,
        containerIds: containers.map((container) => container.id),
        cpuOf: cpuShares(latest, previous),
        isNativeChild: (process) =>
          isNativeChild(process, byId.get(process.containerId ?? '')?.arch ?? null, nativeArches),
        folded,
        matches: processSearch(search, nameOf),
      })
    : [];
  const tax = latest?.taxes.find(({ containerId }) => containerId === null);
  const facts = tax
    ? [
        tax.processes === 1 ? '1 process' : `${tax.processes} processes`,
        `${tax.emulated} emulated`,
        formatBytes(tax.rssBytes),
        ...(tax.emulated > 0 && tax.extraRssBytes !== null
          ? [`${formatBytes(tax.extraRssBytes)} for emulators`]
          : []),
        ...(latest && latest.omitted > 0 ? [`${latest.omitted} more not shown`] : []),
      ]
    : [];
  return (
    <>
      <header className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">Processes</h1>
          <p className="text-sm text-muted tabular-nums">
            {latest ? `${stale ? 'When last heard of: ' : ''}${facts.join(' · ')}` : 'Reading the processes…'}
          </p>
        </div>
        <div className="ml-auto flex flex-wrap items-center gap-2 max-sm:w-full">
          {tax && tax.emulated > 0 ? <RawButton raw={raw} onChange={setRaw} /> : null}
          <label className="relative max-sm:w-full sm:w-64">
            <Search aria-hidden className="pointer-events-none absolute top-2 left-2.5 size-4 text-faint" />
            <input
              type="search"
              aria-label="Search the processes"
              placeholder="Command, PID, arm64, emulated…"
              spellCheck={false}
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              className={`${controlLook} pl-8`}
            />
          </label>
        </div>
      </header>
      {error ? (
        <ErrorPanel tone="warn" message={error.message} hint={error.hint} details={error.details} />
      ) : null}
      {latest && rows.length === 0 ? (
        <p className="py-8 text-center text-muted">No process matches. Every word has to be found.</p>
      ) : null}
      {rows.length > 0 ? (
        <ProcessGrid
          label="Processes of the VM"
          rows={rows}
          onFold={fold}
          raw={raw}
          group={(row) => (
            <GroupCells
              row={row}
              container={byId.get(row.containerId ?? '')}
              name={nameOf(row.containerId)}
            />
          )}
          className="min-h-0"
        />
      ) : null}
    </>
  );
}
