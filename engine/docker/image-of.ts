import type Dockerode from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';

/**
 * The very image a container was made from: by its name while that still means it, otherwise by digest. Listed, not
 * inspected: Docker 26.1 inspects only images of the VM's own architecture.
 */
export async function imageOf(docker: Dockerode, details: ContainerInspectInfo): Promise<string> {
  const named = await docker.listImages({ filters: { reference: [details.Config.Image] } });
  return named.some((image) => image.Id === details.Image) ? details.Config.Image : details.Image;
}
