import { randomBytes } from 'node:crypto';
import type { ContainerCreateOptions, ContainerInspectInfo } from 'dockerode';
import type { LensMode } from '../../../contract/syscall-lens.ts';
import { containerConfiguration } from '../container-configuration.ts';
import { hiddenLabels, hiddenName } from '../hidden-containers.ts';

/** What makes qemu-user tell of system calls on its standard error (QEMU documentation, "User Mode Emulation"). */
const variables: Readonly<Record<LensMode, Record<string, string>>> = {
  unimp: { QEMU_LOG: 'unimp' },
  strace: { QEMU_STRACE: '1' },
};

/**
 * A copy to look at: made of the image, started like the original, and unable to touch what is the original's. It
 * publishes no ports, takes no names or addresses in networks, gets empty volumes of its own, reads the host's folders
 * only, and leaves no logs.
 */
export function lensCopy(
  details: ContainerInspectInfo,
  options: { image: string; platform: string; mode: LensMode },
): ContainerCreateOptions {
  const { image, platform, mode } = options;
  const made = containerConfiguration(details, {
    image,
    platform,
    env: variables[mode],
    labels: hiddenLabels,
  });
  const volumes = details.Mounts.filter(({ Type }) => Type === 'volume').map((mount) => mount.Destination);
  const folders = details.Mounts.filter(({ Type }) => Type === 'bind');
  const { Hostname: _, ...configuration } = made;
  return {
    ...configuration,
    name: hiddenName(`lens-${details.Id.slice(0, 12)}-${randomBytes(3).toString('hex')}`),
    // Frames tell what the emulator says from what the program prints; a terminal would mix them.
    Tty: false,
    OpenStdin: false,
    AttachStderr: true,
    Volumes: Object.fromEntries(volumes.map((path) => [path, {}])),
    HostConfig: {
      ...made.HostConfig,
      Binds: folders.map((mount) => `${mount.Source}:${mount.Destination}:ro`),
      Mounts: (made.HostConfig?.Mounts ?? []).filter(({ Type }) => Type === 'tmpfs'),
      PortBindings: {},
      PublishAllPorts: false,
      RestartPolicy: { Name: 'no' },
      LogConfig: { Type: 'none', Config: {} },
    },
    NetworkingConfig: {
      EndpointsConfig: Object.fromEntries(
        Object.keys(made.NetworkingConfig?.EndpointsConfig ?? {}).map((network) => [network, {}]),
      ),
    },
  };
}
