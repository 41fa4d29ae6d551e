import { Network as NetworkIcon } from 'lucide-react';
import { useState } from 'react';
import type { Network } from '../../../contract/networks.ts';
import type { Vm } from '../../../contract/records.ts';
import { FailedReading } from '../../docker-objects/failed-reading.tsx';
import { ListingBody } from '../../docker-objects/listing-body.tsx';
import { NoDocker } from '../../docker-objects/no-docker.tsx';
import { ObjectActions } from '../../docker-objects/object-actions.tsx';
import { PruneDialog } from '../../docker-objects/prune-dialog.tsx';
import { useDockerUnavailable, useNetworks, useServiceVm } from '../../state/hooks.ts';
import { useListing } from '../../state/use-listing.ts';
import { useOpenRows } from '../../state/use-open-rows.ts';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { Page } from '../../ui/page.tsx';
import { matchesWords } from '../../ui/text/matches-words.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { CreateNetworkDialog } from './create-network-dialog.tsx';
import { NetworkRow } from './network-row.tsx';

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
        <ObjectActions
          things="networks"
          none={networks.length === 0}
          search={search}
          onSearch={setSearch}
          unavailable={unavailable}
          onPrune={() => setAsking('prune')}
          onCreate={() => setAsking('create')}
        />
      }
    >
      <FailedReading error={error} busy={listing} onRetry={() => void list()} />
      <ListingBody<Network>
        things="Networks"
        all={networks}
        found={found}
        keyOf={(network) => network.id}
        nameOf={(network) => plainText(network.name)}
        shownKey={item}
        reading={listing}
        failed={error !== null}
        nothingFound={
          <NothingFound
            title="No network is called that"
            reason="Nothing here has that in its name, its subnets or among its containers."
            onAll={() => setSearch('')}
          />
        }
        empty={<NoDocker icon={<NetworkIcon />} things="Networks" />}
      >
        {(network) => (
          <NetworkRow
            network={network}
            open={rows.isOpen(network.id)}
            onToggle={() => rows.toggle(network.id)}
          />
        )}
      </ListingBody>
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
