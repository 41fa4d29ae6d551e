import { EngineError } from '../../base/engine-error.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerMessageOf, dockerStatusOf, explainDockerError } from '../docker-error.ts';
import { findImage } from './image-reference.ts';

/**
 * Removes a tag, and the image with its last one. Throws `unknown_image`, or `wrong_state` naming the containers that
 * use it, running or not.
 */
export async function removeImage(connection: DockerConnection, image: string): Promise<void> {
  const { docker, images, signal } = connection;
  const row = findImage(await images.refresh(signal), image);
  if (!row) throw new EngineError({ code: 'unknown_image', message: `The VM has no image "${image}".` });
  try {
    await docker.getImage(image).remove({ abortSignal: signal });
  } catch (thrown) {
    if (dockerStatusOf(thrown) !== 409) throw explainDockerError(thrown, `"${image}" could not be removed`);
    const users = await docker.listContainers({ all: true, abortSignal: signal });
    const names = users
      .filter((user) => user.ImageID === row.id)
      .map((user) => user.Names[0]?.replace(/^\//, '') ?? user.Id.slice(0, 12));
    throw new EngineError({
      code: 'wrong_state',
      message: `"${image}" is used by ${names.length > 0 ? names.join(', ') : 'a container'}.`,
      hint: 'Remove what uses it first, stopped containers included.',
      details: { docker: dockerMessageOf(thrown) },
      cause: thrown,
    });
  }
  await images.refresh(signal);
}
