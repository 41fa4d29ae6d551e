import type Dockerode from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import type { Removal } from '../../../contract/container-actions.ts';
import type { Container } from '../../../contract/records.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerStatusOf, explainDockerError } from '../docker-error.ts';

/** Docker names a volume that nobody named with 32 random bytes. Source: moby, stringid.GenerateRandomID. */
const anonymous = /^[0-9a-f]{64}$/;

type Row = Pick<Container, 'id' | 'name'>;
type Sized = ContainerInspectInfo & { SizeRw?: number };

/** What goes with the container, and which volumes stay. */
export async function readRemoval({ docker, signal }: DockerConnection, { id, name }: Row): Promise<Removal> {
  try {
    // dockerode's type does not know `size`, nor what it brings.
    const request = { size: true, abortSignal: signal } as Dockerode.ContainerInspectOptions;
    const details: Sized = await docker.getContainer(id).inspect(request);
    const volumes = (details.Mounts ?? []).flatMap((mount) =>
      mount.Type === 'volume' && mount.Name !== undefined ? [mount.Name] : [],
    );
    return {
      writtenBytes: details.SizeRw !== undefined && details.SizeRw >= 0 ? details.SizeRw : null,
      anonymousVolumes: volumes.filter((volume) => anonymous.test(volume)),
      namedVolumes: volumes.filter((volume) => !anonymous.test(volume)),
    };
  } catch (thrown) {
    throw explainDockerError(thrown, `Container "${name}" cannot be inspected`);
  }
}

/** Kills it first where it runs; one that is gone already is no failure. */
export async function removeContainer(
  { docker, signal }: DockerConnection,
  { id, name }: Row,
  volumes: boolean,
): Promise<void> {
  try {
    await docker.getContainer(id).remove({ force: true, v: volumes, abortSignal: signal });
  } catch (thrown) {
    if (dockerStatusOf(thrown) === 404) return;
    throw explainDockerError(thrown, `Container "${name}" was not removed`, {
      hint: 'Try again; if that fails the same way, restart the VM.',
    });
  }
}
