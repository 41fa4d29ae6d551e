import { HardDrive, Ruler } from 'lucide-react';
import { useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import type { Volume } from '../../../contract/volumes.ts';
import { FailedReading } from '../../docker-objects/failed-reading.tsx';
import { ListingBody } from '../../docker-objects/listing-body.tsx';
import { NoDocker } from '../../docker-objects/no-docker.tsx';
import { ObjectActions } from '../../docker-objects/object-actions.tsx';
import { PruneDialog } from '../../docker-objects/prune-dialog.tsx';
import { WaitingLine } from '../../docker-objects/waiting-line.tsx';
import { useDockerUnavailable, useServiceVm, useVolumes } from '../../state/hooks.ts';
import { useCall } from '../../state/use-call.ts';
import { useListing } from '../../state/use-listing.ts';
import { useOpenRows } from '../../state/use-open-rows.ts';
import { Button } from '../../ui/button.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { Page } from '../../ui/page.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { CreateVolumeDialog } from './create-volume-dialog.tsx';
import { VolumeRow } from './volume-row.tsx';
import { volumesNote } from './volumes-note.ts';
import { type VolumeOrder, volumesShown } from './volumes-shown.ts';

const orders: readonly { value: VolumeOrder; label: string }[] = [
  { value: 'name', label: 'By name' },
  { value: 'size', label: 'Largest first' },
  { value: 'unused', label: 'Unused only' },
];

const nothingFound = {
  unused: {
    title: 'No volume is unused',
    reason: 'Containers refer to every one of them, running or not.',
  },
  search: {
    title: 'No volume is called that',
    reason: 'Nothing here has that in its name, its labels or among what uses it.',
  },
};

/** Every volume in the VM, what uses it and what it takes. `item`: the name of one to show. */
export function VolumesPage({ item }: { item: string | null }) {
  const vm = useServiceVm();
  return vm ? <VolumesOf vm={vm} item={item} /> : null;
}

function VolumesOf({ vm, item }: { vm: Vm; item: string | null }) {
  const volumes = useVolumes(vm.name);
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<VolumeOrder>('name');
  const [asking, setAsking] = useState<'create' | 'prune' | null>(null);
  const rows = useOpenRows(item);
  const unavailable = useDockerUnavailable(vm.name);
  const listing = useListing(vm.name, 'volume', (client) => client.volume.list({ vm: vm.name }));
  const measuring = useCall((client, signal) => client.volume.measure({ vm: vm.name }, { signal }));
  const error = measuring.error ?? listing.error;
  const found = volumesShown(volumes, search, order);
  return (
    <Page
      title="Volumes"
      note={volumesNote(volumes, unavailable !== undefined)}
      actions={
        <ObjectActions
          things="volumes"
          none={volumes.length === 0}
          search={search}
          onSearch={setSearch}
          unavailable={unavailable}
          onPrune={() => setAsking('prune')}
          onCreate={() => setAsking('create')}
        >
          <Button
            icon={<Ruler aria-hidden className="size-3.5" />}
            busy={measuring.since !== null}
            unavailable={unavailable}
            onClick={measuring.start}
          >
            Measure
          </Button>
        </ObjectActions>
      }
    >
      <FailedReading
        error={error}
        busy={listing.listing || measuring.since !== null}
        onRetry={measuring.error ? measuring.start : () => void listing.list()}
      />
      {volumes.length > 0 ? (
        // High enough for both, so that nothing moves when measuring begins or ends.
        <div className="flex min-h-9 flex-wrap items-center gap-x-6 gap-y-2">
          <Segmented label="Order" value={order} options={orders} onChange={setOrder} />
          {measuring.since !== null ? (
            <div className="min-w-60 flex-1">
              <WaitingLine
                label="Docker is adding up every volume’s files"
                since={measuring.since}
                onStop={measuring.stop}
              />
            </div>
          ) : null}
        </div>
      ) : null}
      <ListingBody<Volume>
        things="Volumes"
        all={volumes}
        found={found}
        keyOf={(volume) => volume.name}
        nameOf={(volume) => plainText(volume.name)}
        shownKey={item}
        reading={listing.listing}
        failed={error !== null}
        nothingFound={
          <NothingFound
            {...nothingFound[order === 'unused' ? 'unused' : 'search']}
            onAll={() => {
              setSearch('');
              setOrder('name');
            }}
          />
        }
        empty={<NoVolumes vm={vm} />}
      >
        {(volume) => (
          <VolumeRow
            volume={volume}
            open={rows.isOpen(volume.name)}
            onToggle={() => rows.toggle(volume.name)}
          />
        )}
      </ListingBody>
      {asking === 'create' ? <CreateVolumeDialog vm={vm.name} onClose={() => setAsking(null)} /> : null}
      {asking === 'prune' ? (
        <PruneDialog
          vm={vm.name}
          targets={['anonymous-volumes', 'volumes']}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </Page>
  );
}

function NoVolumes({ vm }: { vm: Vm }) {
  const { dockerReady, dockerContext } = vm.endpoints;
  if (!dockerReady) return <NoDocker icon={<HardDrive />} things="Volumes" />;
  return (
    <EmptyState icon={<HardDrive />} title="No volumes yet">
      <p>
        A volume keeps data that outlives its containers: a database’s files, a cache. Create one with the
        button above, or name one where a container starts:
      </p>
      <CopyableCommand
        command={`docker --context ${dockerContext} run --rm --volume data:/data alpine touch /data/kept`}
        label="Copy the docker run command"
      />
      <p className="text-sm">It lies on the VM’s data disk and stays when the guest image is renewed.</p>
    </EmptyState>
  );
}
