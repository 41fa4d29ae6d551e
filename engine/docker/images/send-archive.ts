import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DockerImage } from '../../../contract/docker-images.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { JobReporter } from '../../state/jobs.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { explainDockerError } from '../docker-error.ts';
import { readDockerProgress } from '../docker-progress.ts';
import { findImage, type ImageReference } from './image-reference.ts';

/** Has Docker make an image out of a root filesystem, telling a job how far it is. Throws `docker_failed`. */
export async function sendArchive(options: {
  connection: DockerConnection;
  reporter: JobReporter;
  /** A tar archive, plain or compressed. */
  archive: Readable;
  sizeBytes: number;
  /** How an error calls the archive. */
  what: string;
  reference: ImageReference;
  platform: string;
  /** Lines of a Dockerfile, such as `CMD ["sh"]`. */
  changes?: readonly string[];
}): Promise<DockerImage> {
  const { connection, reporter, archive, sizeBytes, what, reference, platform, changes } = options;
  const { repository: repo, tag, text } = reference;
  const { signal } = reporter;
  reporter.phase('sending the archive');
  let sentBytes = 0;
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sentBytes += chunk.length;
      reporter.progress(sentBytes, sizeBytes);
      done(null, chunk);
    },
    flush(done) {
      reporter.phase('Docker packs and unpacks it');
      done();
    },
  });
  const feeding = pipeline(archive, counting, { signal });
  try {
    const query = { fromSrc: '-', repo, tag: tag ?? 'latest', platform, ...(changes && { changes }) };
    const answer = await connection.docker.importImage(counting, { _query: query, abortSignal: signal });
    await readDockerProgress(answer, { onStatus: () => undefined, onProgress: () => undefined });
  } catch (thrown) {
    signal.throwIfAborted();
    throw explainDockerError(thrown, `${what} could not be imported`, {
      hint: 'It has to be a tar archive of a root filesystem, plain or compressed.',
    });
  } finally {
    counting.destroy();
    await feeding.catch(() => undefined);
  }
  const made = findImage(await connection.images.refresh(signal), text);
  if (made) return made;
  throw new EngineError({
    code: 'docker_failed',
    message: `Docker imported "${text}" and does not list it.`,
  });
}
