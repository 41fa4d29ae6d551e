import { Boxes } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import type { Container } from '../../../contract/records.ts';
import { useEngineState, useServiceVm, useStale } from '../../state/hooks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { useVisible } from '../../ui/use-visible.ts';
import { VirtualGrid } from '../../ui/virtual-grid.tsx';
import { ContainerDialogs } from './container-dialogs.tsx';
import { containerRows, isUp, type Row } from './container-rows.ts';
import { containerSearch } from './container-search.ts';
import { NoContainers } from './no-containers.tsx';
import { RowCells, RowHead } from './row-cells.tsx';
import { usageWords } from './usage-words.ts';
import { useUsages } from './use-usages.ts';

type Shown = 'all' | 'running';

/** The table of containers, grouped by Compose project. */
export function ContainersTable({ containers }: { containers: readonly Container[] }) {
  useEffect(() => {
    document.title = 'Containers · Foredeck';
  }, []);
  const vm = useServiceVm();
  const lost = useStale();
  const suspendedVms = useSuspendedVms();
  const [element, looking] = useVisible<HTMLDivElement>();
  const running = containers.filter((container) => container.state === 'running').length;
  const stale = lost || containers.some((container) => container.stale);
  const measured = looking && running > 0 && vm?.endpoints.dockerReady === true;
  const { latest, previous } = useUsages(vm?.name, null, measured);
  const [search, setSearch] = useState('');
  const [shown, setShown] = useState<Shown>('all');
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const meant = useMemo(() => {
    const matches = containerSearch(search);
    return containers.filter((container) => (shown === 'all' || isUp(container)) && matches(container));
  }, [containers, search, shown]);
  // Changes may come fifty times a second; what a person types or presses goes first.
  const deferred = useDeferredValue(meant);
  const rows = useMemo(
    () =>
      containerRows({
        containers: deferred,
        folded,
        usage: usageWords(latest, previous),
        lost,
        suspended: suspendedVms,
      }),
    [deferred, folded, latest, previous, lost, suspendedVms],
  );
  const fold = (row: Row, open: boolean): void => setFolded(withFold(folded, row, open));
  const open = (row: Row): void => {
    if (row.kind === 'container') location.hash = `/containers/${row.container.id}`;
    else fold(row, !row.open);
  };
  const others = `${containers.length - running} not running`;
  const suspended = vm !== undefined && suspendedVms.has(vm.name) && !lost;
  const note = suspended
    ? `${running} suspended with the VM, ${others}`
    : `${stale ? 'When last heard of: ' : ''}${running} running, ${others}`;
  return (
    <div
      ref={element}
      className="mx-auto flex h-full min-h-96 w-full max-w-7xl flex-col gap-3 px-4 py-5 sm:px-6"
    >
      <header className="flex min-h-9 shrink-0 flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0">
          <h1 className="text-xl font-semibold tracking-tight">Containers</h1>
          {containers.length > 0 ? <p className="text-sm text-muted tabular-nums">{note}</p> : null}
        </div>
        {containers.length > 0 ? (
          <div className="ml-auto flex flex-wrap items-center gap-2">
            <Segmented
              label="Which containers"
              value={shown}
              options={[
                { value: 'all', label: 'All' },
                { value: 'running', label: 'Running' },
              ]}
              onChange={setShown}
            />
            <SearchField label="Search containers" value={search} onChange={setSearch} />
          </div>
        ) : null}
      </header>
      {containers.length === 0 ? (
        <EmptyState icon={<Boxes />} title="No containers yet">
          <NoContainers />
        </EmptyState>
      ) : rows.length === 0 ? (
        <NothingFound
          title="No container is like that"
          reason="Every word has to be found in a name, an image, a project, an architecture or a state."
          onAll={() => {
            setSearch('');
            setShown('all');
          }}
        />
      ) : (
        <VirtualGrid
          label="Containers"
          rows={rows}
          head={<RowHead />}
          Cells={RowCells}
          onOpen={open}
          onClick={open}
          onFold={fold}
          rowClass={rowClass}
          className="min-h-0"
        />
      )}
      <ContainerDialogs />
    </div>
  );
}

function rowClass(row: Row): string {
  if (row.kind === 'project') return 'bg-window';
  return row.stale ? 'text-muted' : '';
}

function withFold(folded: ReadonlySet<string>, row: Row, open: boolean): ReadonlySet<string> {
  const next = new Set(folded);
  if (open) next.delete(row.key);
  else next.add(row.key);
  return next;
}

function useSuspendedVms(): ReadonlySet<string> {
  const names = useEngineState((state) =>
    Object.values(state.vms)
      .filter((vm) => vm.state === 'suspended')
      .map((vm) => vm.name)
      .join(' '),
  );
  return useMemo(() => new Set(names ? names.split(' ') : []), [names]);
}
