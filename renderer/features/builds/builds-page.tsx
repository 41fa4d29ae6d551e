import { Hammer } from 'lucide-react';
import type { Build } from '../../../contract/builds.ts';
import type { Vm } from '../../../contract/records.ts';
import { NoDocker } from '../../docker-objects/no-docker.tsx';
import { useDockerUnavailable, useServiceVm } from '../../state/hooks.ts';
import { useOpenRows } from '../../state/use-open-rows.ts';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Page } from '../../ui/page.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { VirtualList } from '../../ui/virtual-list.tsx';
import { BuildRow } from './build-row.tsx';
import { buildName } from './build-words.ts';
import { CacheCard } from './cache-card.tsx';
import { useBuilds } from './use-builds.ts';

/** Two lines and what is around them. */
const rowPx = 59;

/** What was built in the VM, and what is kept so that the next build is faster. */
export function BuildsPage() {
  const vm = useServiceVm();
  return vm ? <BuildsOf vm={vm} /> : null;
}

function BuildsOf({ vm }: { vm: Vm }) {
  const { builds, error } = useBuilds(vm.name);
  const rows = useOpenRows(null);
  const away = useDockerUnavailable(vm.name) !== undefined;
  if (away && builds === null) {
    return (
      <Page title="Builds">
        <NoDocker icon={<Hammer />} things="Builds and their cache" />
      </Page>
    );
  }
  return (
    <Page title="Builds" note={builds && builds.length > 0 ? note(builds, away) : undefined}>
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      {builds && builds.length > 0 ? (
        <VirtualList<Build>
          label="Builds"
          items={builds}
          keyOf={(build) => build.ref}
          nameOf={(build) => plainText(buildName(build))}
          rowPx={rowPx}
        >
          {(build) => (
            <BuildRow
              vm={vm.name}
              build={build}
              open={rows.isOpen(build.ref)}
              onToggle={() => rows.toggle(build.ref)}
            />
          )}
        </VirtualList>
      ) : builds ? (
        <NoBuilds vm={vm} />
      ) : error ? null : (
        <p role="status" className="py-8 text-center text-muted">
          Reading what was built…
        </p>
      )}
      <CacheCard vm={vm.name} />
    </Page>
  );
}

function note(builds: readonly Build[], away: boolean): string {
  const running = builds.filter((build) => build.status === 'running').length;
  const count = builds.length === 1 ? '1 build' : `${builds.length} builds`;
  const words = running > 0 ? `${count}, ${running} under way` : count;
  return away ? `When last heard of: ${words}` : words;
}

function NoBuilds({ vm }: { vm: Vm }) {
  return (
    <EmptyState icon={<Hammer />} title="Nothing has been built here yet">
      <p>
        Builds of your own Docker CLI show up here while they run and stay for two days, with their steps,
        their log and their platforms:
      </p>
      <CopyableCommand
        command={`docker --context ${vm.endpoints.dockerContext} build --platform linux/amd64,linux/arm64 --tag mine:1 .`}
        label="Copy the docker build command"
      />
    </EmptyState>
  );
}
