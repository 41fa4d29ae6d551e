import type Dockerode from 'dockerode';
import { dockerStatusOf } from './docker-error.ts';
import { hiddenFilter, isHidden, isHiddenImage } from './hidden-containers.ts';

/** Removes hidden containers and images which an engine that was killed left behind; each had one run to live for. */
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
  for (const image of (await docker.listImages({ abortSignal: signal })).filter(isHiddenImage)) {
    try {
      await docker.getImage(image.RepoTags?.[0] ?? image.Id).remove({ force: true });
    } catch (thrown) {
      if (![404, 409].includes(dockerStatusOf(thrown) ?? 0)) throw thrown;
    }
  }
}
