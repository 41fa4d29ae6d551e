import type { ContainerCreateOptions, MountSettings } from 'dockerode';
import type { Launch } from '../../../contract/launch.ts';
import { EngineError, toEngineError } from '../../base/engine-error.ts';
import { createContainer } from '../create-container.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerMessageOf, dockerStatusOf, explainDockerError } from '../docker-error.ts';

/**
 * Creates and starts a container of `image` for `platform`, which must be in the VM. One that could be created but not
 * started stays to be looked at, unless another container has its port: then it is removed, so that it can be tried
 * again under its name. Throws `wrong_state` for a name that is taken, `port_taken`, `not_shared`, or `docker_failed`.
 */
export async function launchContainer(
  { docker, signal }: DockerConnection,
  options: Launch & { platform: string },
): Promise<{ id: string }> {
  const id = await created();
  const container = docker.getContainer(id);
  try {
    await container.start({ abortSignal: signal });
    return { id };
  } catch (thrown) {
    if (!portTaken.test(dockerMessageOf(thrown))) throw explainedStart(thrown, options);
    // The port is what to tell of, also where its container stays.
    await container.remove({ force: true, v: true }).catch(() => undefined);
    throw explainDockerError(thrown, `"${options.image}" was not started`, {
      code: 'port_taken',
      hint: `Choose another host port than ${options.ports.map((port) => port.hostPort).join(', ')}.`,
    });
  }

  async function created(): Promise<string> {
    try {
      return await createContainer(docker, configuration(options));
    } catch (thrown) {
      if (dockerStatusOf(thrown) !== 409) {
        throw explainDockerError(thrown, `No container of "${options.image}" could be made`);
      }
      throw new EngineError({
        code: 'wrong_state',
        message: `The name "${options.name}" is taken by another container.`,
        hint: 'Choose another name, or remove that container.',
        details: { docker: dockerMessageOf(thrown) },
        cause: thrown,
      });
    }
  }
}

/** dockerd's words when another container has a published port (libnetwork, portallocator). */
const portTaken = /port is already allocated|address already in use/;

/** runc's words for a program of an architecture that nobody runs. */
const noHandler = /exec format error/i;

function explainedStart(
  thrown: unknown,
  { image, platform }: { image: string; platform: string },
): EngineError {
  const hint = noHandler.test(dockerMessageOf(thrown))
    ? `Nothing runs programs for ${platform} in this VM: switch that architecture on, then start the container.`
    : 'The container was made and has not started: its row says more.';
  return toEngineError(explainDockerError(thrown, `"${image}" did not start`, { hint }));
}

function configuration(options: Launch & { platform: string }): ContainerCreateOptions {
  const { name, image, platform, command, env, ports, binds } = options;
  const portNames = ports.map(({ containerPort }) => `${containerPort}/tcp`);
  const bindings: Record<string, { HostPort: string }[]> = {};
  for (const { hostPort, containerPort } of ports) {
    const key = `${containerPort}/tcp`;
    bindings[key] = [...(bindings[key] ?? []), { HostPort: String(hostPort) }];
  }
  return {
    Image: image,
    platform,
    Env: Object.entries(env).map(([key, value]) => `${key}=${value}`),
    ExposedPorts: Object.fromEntries(portNames.map((port) => [port, {}])),
    HostConfig: {
      PortBindings: bindings,
      // Not `Binds`: of these dockerd makes what is missing, and a colon in a path would divide it.
      ...(binds.length > 0 && { Mounts: binds.map(mountOf) }),
    },
    ...(command.length > 0 && { Cmd: command }),
    ...(name !== null && { name }),
  };
}

function mountOf({ hostPath, containerPath, readOnly }: Launch['binds'][number]): MountSettings {
  return { Type: 'bind', Source: hostPath, Target: containerPath, ReadOnly: readOnly };
}
