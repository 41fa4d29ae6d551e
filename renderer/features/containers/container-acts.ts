import type { ContainerAction, OfProject } from '../../../contract/container-actions.ts';
import type { Container } from '../../../contract/records.ts';
import { useEngine } from '../../state/engine-store.ts';
import { perform } from '../../state/perform.ts';

/** Everything that can be asked for from a row or the container's page. */
export type ContainerAct = ContainerAction | 'remove';

const underWayWords: Record<ContainerAct, string> = {
  start: 'Starting…',
  stop: 'Stopping…',
  restart: 'Restarting…',
  kill: 'Killing…',
  pause: 'Pausing…',
  resume: 'Resuming…',
  remove: 'Removing…',
};
const acts = Object.keys(underWayWords) as ContainerAct[];

const keyOf = (act: ContainerAct, id: string): string => `container:${act}:${id}`;
const projectKey = (vm: string, project: string): string => `project:${vm}:${project}`;

export async function actOn(
  { vm, id }: Pick<Container, 'vm' | 'id'>,
  action: ContainerAction,
): Promise<void> {
  await perform(keyOf(action, id), (client) => client.container.act({ vm, container: id, action }));
}

/** Resolves with whether it is gone. */
export async function remove({ vm, id }: Pick<Container, 'vm' | 'id'>, volumes: boolean): Promise<boolean> {
  const gone = await perform(keyOf('remove', id), async (client) => {
    await client.container.remove({ vm, container: id, volumes });
    return true;
  });
  return gone ?? false;
}

export async function actOnProject(options: OfProject): Promise<void> {
  await perform(projectKey(options.vm, options.project), (client) => client.container.actOnProject(options));
}

/** What is being done to a container at the moment, in a word; undefined when nothing is. */
export function useUnderWay(id: string): string | undefined {
  return useEngine((view) => {
    const act = acts.find((candidate) => view.pending[keyOf(candidate, id)]);
    return act && underWayWords[act];
  });
}

export function useProjectUnderWay(vm: string, project: string): boolean {
  return useEngine((view) => view.pending[projectKey(vm, project)] === true);
}
