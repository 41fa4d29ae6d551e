import { Hammer } from 'lucide-react';
import type { Vm } from '../../../contract/records.ts';
import { NoDocker } from '../../docker-objects/no-docker.tsx';
import { useServiceVm } from '../../state/hooks.ts';
import { Page } from '../../ui/page.tsx';
import { CacheCard } from './cache-card.tsx';

/** What was built in the VM, and what is kept so that the next build is faster. */
export function BuildsPage() {
  const vm = useServiceVm();
  return vm ? <BuildsOf vm={vm} /> : null;
}

function BuildsOf({ vm }: { vm: Vm }) {
  return (
    <Page title="Builds">
      {vm.endpoints.dockerReady ? <CacheCard vm={vm.name} /> : <NoDocker icon={<Hammer />} things="Builds" />}
    </Page>
  );
}
