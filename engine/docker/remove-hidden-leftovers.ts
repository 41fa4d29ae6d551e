import type Dockerode from 'dockerode';
import { dockerStatusOf } from './docker-error.ts';
import { hiddenFilter, isHidden } from './hidden-containers.ts';

/** Removes hidden containers which an engine that was killed left behind; each had one run to live for. */
export async function removeHiddenLeftovers(docker: Dockerode, signal: AbortSignal): Promise<void> {
  const filters = { ...hiddenFilter };
  const found = await docker.listContainers({ all: true, filters, abortSignal: signal });
  for (const container of found.filter((one) => isHidden(one.Names[0], one.Labels))) {
    try {
      await docker.getContainer(container.Id).remove({ force: true, v: true });
    } catch (thrown) {
      // Gone, or just being removed by its own run.
      if (![404, 409].includes(dockerStatusOf(thrown) ?? 0)) throw thrown;
    }
  }
}
