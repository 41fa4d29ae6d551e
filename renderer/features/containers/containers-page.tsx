import { useContainers } from '../../state/hooks.ts';
import { ContainerPage } from './container-page.tsx';
import { ContainersTable } from './containers-table.tsx';

/** Every container of every VM, or the one whose id, or the beginning of it, is `item`. */
export function ContainersPage({ item }: { item: string | null }) {
  const containers = useContainers();
  if (item === null) return <ContainersTable containers={containers} />;
  const container = containers.find((one) => one.id.startsWith(item));
  return <ContainerPage key={container?.id ?? item} container={container} />;
}
