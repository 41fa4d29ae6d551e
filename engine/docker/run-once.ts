import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { createContainer } from './create-container.ts';
import { explainDockerError } from './docker-error.ts';
import { readDockerProgress } from './docker-progress.ts';
import { hiddenLabels, hiddenName } from './hidden-containers.ts';

/**
 * Imports a root filesystem, runs one hidden container of it, never pulling anything, and removes both. Resolves with
 * the container's exit status.
 */
export async function runOnce(
  docker: Dockerode,
  options: {
    readonly platform: string;
    readonly rootFilesystem: Uint8Array;
    readonly command: readonly string[];
    readonly signal: AbortSignal;
  },
): Promise<number> {
  const { platform, rootFilesystem, command, signal } = options;
  const name = hiddenName(`once-${randomUUID().slice(0, 8)}`);
  const image = `${name}:latest`;
  try {
    const query = { fromSrc: '-', repo: name, tag: 'latest', platform };
    const imported = await docker.importImage(Readable.from([rootFilesystem]), {
      _query: query,
      abortSignal: signal,
    });
    await readDockerProgress(imported, { onStatus: () => undefined, onProgress: () => undefined });
    const container = await createContainer(docker, {
      name,
      platform,
      Image: image,
      Cmd: [...command],
      Labels: { ...hiddenLabels },
      HostConfig: { NetworkMode: 'none' },
      abortSignal: signal,
    });
    await docker.getContainer(container).start({ abortSignal: signal });
    const { StatusCode } = await docker.getContainer(container).wait({ abortSignal: signal });
    return StatusCode;
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainDockerError(thrown, `A container of ${platform} could not be run`);
  } finally {
    // What could not be removed says nothing about the run; containers are removed at the next connect.
    await docker
      .getContainer(name)
      .remove({ force: true, v: true })
      .catch(() => undefined);
    await docker
      .getImage(image)
      .remove({ force: true })
      .catch(() => undefined);
  }
}
