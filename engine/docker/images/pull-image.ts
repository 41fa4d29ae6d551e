import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { DockerImage } from '../../../contract/docker-images.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { Jobs } from '../../state/jobs.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerMessageOf, dockerStatusOf } from '../docker-error.ts';
import { readDockerProgress } from '../docker-progress.ts';
import { findImage, type ImageReference } from './image-reference.ts';
import { registryPlatforms } from './registry-platforms.ts';

/**
 * Pulls `platform` (`linux/arm64`) of an image as a job. Throws `unknown_image` when the registry has no such image or
 * no such platform (and then says which there are), `download_failed` when it cannot be reached.
 */
export async function pullImage(options: {
  connection: DockerConnection;
  jobs: Jobs;
  reference: ImageReference;
  platform: string;
}): Promise<DockerImage> {
  const { connection, jobs, reference, platform } = options;
  const { text } = reference;
  const job = { kind: 'docker-image', title: `${text} for ${platform}`, signal: connection.signal } as const;
  return await jobs.run(job, async (reporter) => {
    reporter.phase('asking the registry');
    try {
      const answer = await connection.docker.createImage({
        abortSignal: reporter.signal,
        // Told apart, or dockerode would send all of it twice.
        _query: { fromImage: text, platform },
        _body: {},
      });
      let downloading = false;
      await readDockerProgress(answer as Readable, {
        onStatus: () => undefined,
        onProgress: (doneBytes, totalBytes) => {
          if (!downloading) reporter.phase('downloading');
          downloading = true;
          reporter.progress(doneBytes, totalBytes);
        },
      });
    } catch (thrown) {
      reporter.signal.throwIfAborted();
      throw await explained(thrown, connection.docker, options);
    }
    reporter.phase('reading what there is now');
    const pulled = findImage(await connection.images.refresh(reporter.signal), text);
    if (pulled) return pulled;
    throw new EngineError({
      code: 'docker_failed',
      message: `Docker pulled "${text}" and does not list it.`,
    });
  });
}

/** Words of dockerd and containerd 1.7 for an image that lacks a platform. */
const noSuchPlatform = /no matching manifest|no match for platform/;
const noSuchImage =
  /not found|pull access denied|repository does not exist|insufficient_scope|authorization failed/i;

async function explained(
  thrown: unknown,
  docker: Dockerode,
  options: { reference: ImageReference; platform: string },
): Promise<EngineError> {
  const { reference, platform } = options;
  const said = dockerMessageOf(thrown);
  const cause = { details: { docker: said }, cause: thrown };
  if (noSuchPlatform.test(said)) {
    const has = await offered(docker, reference);
    return new EngineError({
      code: 'unknown_image',
      message: `"${reference.text}" does not exist for ${platform}.`,
      hint: has === null ? '' : `It exists for ${has}.`,
      ...cause,
    });
  }
  if (noSuchImage.test(said)) {
    return new EngineError({
      code: 'unknown_image',
      message: `There is no image "${reference.text}", or it takes a login to see it.`,
      hint: 'Look at its spelling; for a private one, "docker login" and "docker pull" in a terminal.',
      ...cause,
    });
  }
  const answered = thrown instanceof EngineError || dockerStatusOf(thrown) !== undefined;
  return new EngineError({
    code: answered ? 'download_failed' : 'docker_unreachable',
    message: `"${reference.text}" could not be pulled: ${said}`,
    hint: answered ? 'See whether the VM reaches the registry, and try again.' : 'See whether the VM runs.',
    ...cause,
  });
}

/** A registry that answered a moment ago answers soon or not at all. */
const offerTimeoutMs = 10_000;

async function offered(docker: Dockerode, reference: ImageReference): Promise<string | null> {
  try {
    const platforms = await registryPlatforms(docker, reference, AbortSignal.timeout(offerTimeoutMs));
    return platforms.map(({ platform }) => platform).join(', ') || null;
  } catch {
    return null;
  }
}
