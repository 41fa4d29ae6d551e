import { Download, Eraser, FileInput, Layers, Play } from 'lucide-react';
import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { Vm } from '../../../contract/records.ts';
import { FailedReading } from '../../docker-objects/failed-reading.tsx';
import { ListingBody } from '../../docker-objects/listing-body.tsx';
import { NoDocker } from '../../docker-objects/no-docker.tsx';
import { PruneDialog } from '../../docker-objects/prune-dialog.tsx';
import { useDockerImages, useDockerUnavailable, useServiceVm } from '../../state/hooks.ts';
import { useListing } from '../../state/use-listing.ts';
import { useOpenRows } from '../../state/use-open-rows.ts';
import { Button } from '../../ui/button.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { NothingFound } from '../../ui/nothing-found.tsx';
import { Page } from '../../ui/page.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { ImageRow } from './image-row.tsx';
import { ImportDialog } from './import-dialog.tsx';
import { LaunchDialog } from './launch-dialog.tsx';
import { matchesImage } from './matches-image.ts';
import { PullDialog } from './pull-dialog.tsx';

/** Which dialog is open, and what its fields begin with. */
type Asking =
  | { dialog: 'run' | 'pull'; image: string; arch: Arch | null }
  | { dialog: 'import' | 'prune' }
  | null;

/** Every image in the VM, with its platforms and how each would run. */
export function ImagesPage() {
  const vm = useServiceVm();
  return vm ? <ImagesOf vm={vm} /> : null;
}

function ImagesOf({ vm }: { vm: Vm }) {
  const images = useDockerImages(vm.name);
  const [asking, setAsking] = useState<Asking>(null);
  const [search, setSearch] = useState('');
  const { listing, error, list } = useListing(vm.name, 'image', (client) =>
    client.dockerImage.list({ vm: vm.name }),
  );
  const rows = useOpenRows(null);
  const unavailable = useDockerUnavailable(vm.name);
  const run = (image: string, arch: Arch | null): void => setAsking({ dialog: 'run', image, arch });
  const pull = (image: string, arch: Arch | null): void => setAsking({ dialog: 'pull', image, arch });
  const found = images.filter((image) => matchesImage(image, search));
  return (
    <Page
      title="Images"
      note={images.length === 0 ? undefined : describeCount(images.length, unavailable !== undefined)}
      actions={
        <>
          {images.length > 0 ? (
            <>
              <SearchField label="Search images" value={search} onChange={setSearch} />
              <Button
                icon={<Eraser aria-hidden className="size-3.5" />}
                unavailable={unavailable}
                onClick={() => setAsking({ dialog: 'prune' })}
              >
                Prune…
              </Button>
            </>
          ) : null}
          <Button
            icon={<FileInput aria-hidden className="size-3.5" />}
            onClick={() => setAsking({ dialog: 'import' })}
          >
            Import…
          </Button>
          <Button icon={<Download aria-hidden className="size-3.5" />} onClick={() => pull('', null)}>
            Pull…
          </Button>
          <Button
            kind="primary"
            icon={<Play aria-hidden className="size-3.5" />}
            onClick={() => run('', null)}
          >
            Run…
          </Button>
        </>
      }
    >
      <FailedReading error={error} busy={listing} onRetry={() => void list()} />
      <ListingBody
        things="Images"
        all={images}
        found={found}
        keyOf={(image) => image.id}
        nameOf={(image) => plainText(image.tags[0] ?? 'untagged')}
        reading={listing}
        failed={error !== null}
        nothingFound={
          <NothingFound
            title="No image is called that"
            reason="Nothing here has that in its name or among its platforms."
            onAll={() => setSearch('')}
          />
        }
        empty={<NoImages vm={vm} />}
      >
        {(image) => (
          <ImageRow
            image={image}
            open={rows.isOpen(image.id)}
            onToggle={() => rows.toggle(image.id)}
            onRun={run}
            onPull={pull}
          />
        )}
      </ListingBody>
      {asking?.dialog === 'run' ? (
        <LaunchDialog vm={vm.name} image={asking.image} arch={asking.arch} onClose={() => setAsking(null)} />
      ) : null}
      {asking?.dialog === 'pull' ? (
        <PullDialog
          vm={vm.name}
          image={asking.image}
          arch={asking.arch ?? vm.arch}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking?.dialog === 'import' ? (
        <ImportDialog vm={vm.name} arch={vm.arch} onClose={() => setAsking(null)} />
      ) : null}
      {asking?.dialog === 'prune' ? (
        <PruneDialog vm={vm.name} targets={['untagged-images', 'images']} onClose={() => setAsking(null)} />
      ) : null}
    </Page>
  );
}

function describeCount(count: number, away: boolean): string {
  const words = count === 1 ? '1 image' : `${count} images`;
  return away ? `When last heard of: ${words}` : words;
}

/** Three ways to an image, the shortest first. */
function NoImages({ vm }: { vm: Vm }) {
  const { dockerReady, dockerContext } = vm.endpoints;
  if (!dockerReady) return <NoDocker icon={<Layers />} things="Images" />;
  return (
    <EmptyState icon={<Layers />} title="No images yet">
      <p>Pull one with the button above, import a root filesystem, or build one with your own Docker CLI:</p>
      <CopyableCommand
        command={`docker --context ${dockerContext} build --platform linux/amd64,linux/arm64 --tag mine:1 .`}
        label="Copy the docker build command"
      />
      <p className="text-sm">One tag can hold several platforms; each shows here with how it would run.</p>
    </EmptyState>
  );
}
