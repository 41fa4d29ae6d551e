import type Dockerode from 'dockerode';
import type { ContainerCreateOptions } from 'dockerode';

/**
 * dockerode would put the whole configuration into the URL as well, variables and all; docker-modem takes the two
 * apart when told. Resolves with the container's id.
 */
export async function createContainer(docker: Dockerode, options: ContainerCreateOptions): Promise<string> {
  const { name, platform, abortSignal, ...body } = options;
  const query = { ...(name !== undefined && { name }), ...(platform !== undefined && { platform }) };
  const request = { _query: query, _body: body, ...(abortSignal && { abortSignal }) };
  const { id } = await docker.createContainer(request as ContainerCreateOptions);
  return id;
}
