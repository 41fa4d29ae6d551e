import { Cable } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Settings } from '../../../contract/records.ts';
import { useContainers, useEngineState, useServiceVm } from '../../state/hooks.ts';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { PortRowView } from './port-row-view.tsx';
import { type PortRow, portRows } from './port-rows.ts';

/** Two lines and what is around them. */
const rowPx = 59;

/** Every published port of every container: where it is reached, whose it is, and what is in its way. */
export function PortsPage() {
  const containers = useContainers();
  const settings = useEngineState((state) => state.settings);
  const [search, setSearch] = useState('');
  const all = useMemo(() => portRows(containers, ''), [containers]);
  const found = useMemo(() => portRows(containers, search), [containers, search]);
  if (!settings) return null;
  return (
    <Page
      title="Ports"
      note={all.length === 0 ? undefined : <Note rows={all} settings={settings} />}
      actions={
        all.length > 0 ? <SearchField label="Search ports" value={search} onChange={setSearch} /> : undefined
      }
    >
      {found.length > 0 ? (
        <VirtualList<PortRow> label="Published ports" items={found} keyOf={(row) => row.key} rowPx={rowPx}>
          {(row) => <PortRowView row={row} />}
        </VirtualList>
      ) : all.length > 0 ? (
        <NothingFound
          title="No port is called that"
          reason="Nothing here has that in its numbers, its address or its container’s name."
          onAll={() => setSearch('')}
        />
      ) : (
        <NoPorts />
      )}
    </Page>
  );
}

function Note({ rows, settings }: { rows: readonly PortRow[]; settings: Settings }) {
  const blocked = rows.filter(({ port }) => port.problem !== null).length;
  const count = rows.length === 1 ? '1 port' : `${rows.length} ports`;
  return (
    <>
      {blocked > 0 ? `${count}, ${blocked} with a problem` : count}
      {' · '}
      <a href="#/settings/ports" className="rounded hover:text-ink hover:underline">
        {settings.sharePorts ? 'shared on your network' : 'for this computer only'}
      </a>
    </>
  );
}

/** Teaches how a container becomes reachable. */
function NoPorts() {
  const vm = useServiceVm();
  if (!vm) return null;
  return (
    <EmptyState icon={<Cable />} title="No container publishes a port">
      <p>
        With <code className="font-mono text-sm text-ink">-p 8080:80</code>, what listens on port 80 in a
        container answers at localhost:8080 on this computer:
      </p>
      <CopyableCommand
        command={`docker --context ${vm.endpoints.dockerContext} run --rm -p 8080:80 nginx`}
        label="Copy the docker run command"
      />
      <p className="text-sm">
        <code className="font-mono text-ink">-p 5353:53/udp</code> is for UDP, and an address before it, as in{' '}
        <code className="font-mono text-ink">-p 127.0.0.1:8080:80</code>, for that one alone.{' '}
        {vm.endpoints.dockerReady ? null : (
          <>
            The VM has to run first:{' '}
            <a href="#/overview" className="rounded text-accent underline">
              start it on the overview
            </a>
            .
          </>
        )}
      </p>
    </EmptyState>
  );
}
