import { Eraser, Network as NetworkIcon, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Network } from '../../../contract/networks.ts';
import type { Vm } from '../../../contract/records.ts';
import { FailedReading } from '../../docker-objects/failed-reading.tsx';
import { NoDocker } from '../../docker-objects/no-docker.tsx';
import { PruneDialog } from '../../docker-objects/prune-dialog.tsx';
import { useDockerUnavailable, useNetworks, useServiceVm } from '../../state/hooks.ts';
import { useListing } from '../../state/use-listing.ts';
import { useOpenRows } from '../../state/use-open-rows.ts';
import { Button } from '../../ui/button.tsx';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { matchesWords } from '../../ui/text/matches-words.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { CreateNetworkDialog } from './create-network-dialog.tsx';
import { NetworkRow } from './network-row.tsx';

/** Two lines and what is around them. */
const rowPx = 59;

/** Every network in the VM and the containers in it. `item`: the id of one to show. */
export function NetworksPage({ item }: { item: string | null }) {
  const vm = useServiceVm();
  return vm ? <NetworksOf vm={vm} item={item} /> : null;
}

function NetworksOf({ vm, item }: { vm: Vm; item: string | null }) {
  const networks = useNetworks(vm.name);
  const [search, setSearch] = useState('');
  const [asking, setAsking] = useState<'create' | 'prune' | null>(null);
  const rows = useOpenRows(item);
  const unavailable = useDockerUnavailable(vm.name);
  const { listing, error, list } = useListing(vm.name, 'network', (client) =>
    client.network.list({ vm: vm.name }),
  );
  const found = networks.filter((network) => matchesWords(textOf(network), search));
  return (
    <Page
      title="Networks"
      note={networks.length === 0 ? undefined : note(networks, unavailable !== undefined)}
      actions={
        <>
          {networks.length > 0 ? (
            <>
              <SearchField label="Search networks" value={search} onChange={setSearch} />
              <Button
                icon={<Eraser aria-hidden className="size-3.5" />}
                unavailable={unavailable}
                onClick={() => setAsking('prune')}
              >
                Prune…
              </Button>
            </>
          ) : null}
          <Button
            kind="primary"
            icon={<Plus aria-hidden className="size-3.5" />}
            onClick={() => setAsking('create')}
          >
            Create…
          </Button>
        </>
      }
    >
      <FailedReading error={error} busy={listing} onRetry={() => void list()} />
      {found.length > 0 ? (
        <VirtualList<Network>
          label="Networks"
          items={found}
          keyOf={(network) => network.id}
          nameOf={(network) => plainText(network.name)}
          rowPx={rowPx}
          shownKey={item}
        >
          {(network) => (
            <NetworkRow
              network={network}
              open={rows.isOpen(network.id)}
              onToggle={() => rows.toggle(network.id)}
            />
          )}
        </VirtualList>
      ) : networks.length > 0 ? (
        <NothingFound
          title="No network is called that"
          reason="Nothing here has that in its name, its subnets or among its containers."
          onAll={() => setSearch('')}
        />
      ) : listing ? (
        <p role="status" className="py-8 text-center text-muted">
          Reading the networks…
        </p>
      ) : error ? null : (
        <NoDocker icon={<NetworkIcon />} things="Networks" />
      )}
      {networks.length > 0 && networks.every((network) => network.builtIn) ? (
        <p className="text-sm text-muted">
          These three are Docker’s own. In a network of your own, containers find one another by name; Docker
          Compose makes one for each project by itself.
        </p>
      ) : null}
      {asking === 'create' ? <CreateNetworkDialog vm={vm.name} onClose={() => setAsking(null)} /> : null}
      {asking === 'prune' ? (
        <PruneDialog vm={vm.name} targets={['networks']} onClose={() => setAsking(null)} />
      ) : null}
    </Page>
  );
}

function note(networks: readonly Network[], away: boolean): string {
  const unused = networks.filter((network) => !network.builtIn && network.users.length === 0).length;
  const count = networks.length === 1 ? '1 network' : `${networks.length} networks`;
  const words = unused > 0 ? `${count}, ${unused} unused` : count;
  return away ? `When last heard of: ${words}` : words;
}

function textOf({ name, driver, subnets, users }: Network): string {
  return [name, driver, ...subnets.map(({ subnet }) => subnet), ...users.map((user) => user.name)].join(' ');
}
