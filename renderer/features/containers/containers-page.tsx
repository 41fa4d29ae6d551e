import { Boxes } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Container } from '../../../contract/records.ts';
import { useContainers, useHandlers, useServiceVm, useStale } from '../../state/hooks.ts';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Page } from '../../ui/page.tsx';
import { archWords } from '../../vocabulary/arch-words.ts';
import { ContainerRow } from './container-row.tsx';

/** Every container of every VM. `item` is the id of one to show unfolded, as a deep link names it. */
export function ContainersPage({ item }: { item: string | null }) {
  const containers = useContainers();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set(item ? [item] : []));
  useEffect(() => {
    if (item) setOpen((before) => new Set([...before, item]));
  }, [item]);
  useShown(item, containers);
  const toggle = (id: string): void => {
    const next = new Set(open);
    if (!next.delete(id)) next.add(id);
    setOpen(next);
  };
  const lost = useStale();
  const suspended = useServiceVm()?.state === 'suspended' && !lost;
  const stale = lost || containers.some((container) => container.stale);
  const running = containers.filter((container) => container.state === 'running').length;
  const others = `${containers.length - running} not running`;
  const isOpen = (id: string): boolean => open.has(id) || [...open].some((prefix) => id.startsWith(prefix));
  if (containers.length === 0) {
    return (
      <Page title="Containers">
        <NoContainers />
      </Page>
    );
  }
  return (
    <Page
      title="Containers"
      note={
        suspended
          ? `${running} suspended with the VM, ${others}`
          : `${stale ? 'When last heard of: ' : ''}${running} running, ${others}`
      }
    >
      <div className="overflow-x-auto rounded-lg border border-line bg-surface shadow-card">
        <table aria-label="Containers" className="w-full table-fixed text-left">
          <thead className="text-xs text-faint">
            <tr className="h-8">
              <th className="pl-12 font-normal">Container</th>
              <th className="w-36 font-normal md:w-44">Architecture</th>
              <th className="w-px font-normal sm:w-30">
                <span className="hidden sm:inline">Ports</span>
              </th>
              <th className="w-28 font-normal md:w-40 lg:w-52">Status</th>
            </tr>
          </thead>
          <tbody>
            {containers.map((container) => (
              <ContainerRow
                key={container.id}
                container={container}
                open={isOpen(container.id)}
                onToggle={() => toggle(container.id)}
              />
            ))}
          </tbody>
        </table>
      </div>
    </Page>
  );
}

/** Scrolls to the container of `item`, once, as soon as there is one: it may be started only at this moment. */
function useShown(item: string | null, containers: readonly Container[]): void {
  const id = item === null ? undefined : containers.find((one) => one.id.startsWith(item))?.id;
  useEffect(() => {
    if (id) document.getElementById(`container-${id}`)?.scrollIntoView({ block: 'nearest' });
  }, [id]);
}

/** Teaches the one command this program is for. */
function NoContainers() {
  const vm = useServiceVm();
  const foreign = vm?.arch === 'arm64' ? 'amd64' : 'arm64';
  const handler = useHandlers(vm?.name ?? '').find((candidate) => candidate.arch === foreign);
  if (!vm) return null;
  return (
    <EmptyState icon={<Boxes />} title="No containers yet">
      <p>
        Run one of another architecture, {archWords[foreign].title}, with your own Docker CLI. It prints{' '}
        <code className="font-mono text-sm text-ink">{archWords[foreign].machine}</code>:
      </p>
      <CopyableCommand
        command={`docker --context ${vm.endpoints.dockerContext} run --rm --platform linux/${foreign} alpine uname -m`}
        label="Copy the docker run command"
      />
      <p className="text-sm">
        {!vm.endpoints.dockerReady ? (
          <>
            The VM has to run first:{' '}
            <a href="#/overview" className="rounded text-accent underline">
              start it on the overview
            </a>
            .
          </>
        ) : handler?.state === 'on' ? (
          `Emulation of ${foreign} is on.`
        ) : (
          <>
            Emulation of {foreign} is off:{' '}
            <a href="#/emulation" className="rounded text-accent underline">
              switch it on
            </a>{' '}
            first, or the command ends with “exec format error”.
          </>
        )}
      </p>
      <p className="text-sm">
        Without a terminal:{' '}
        <a href="#/images" className="rounded text-accent underline">
          run an image from a form
        </a>
        , which says before whether it will run.
      </p>
    </EmptyState>
  );
}
