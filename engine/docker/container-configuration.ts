import type { ContainerCreateOptions, ContainerInspectInfo, EndpointSettings, HostConfig } from 'dockerode';

/** What a copy has that its original has not. */
export interface ContainerChanges {
  /** Added to its variables, replacing those of the same name. */
  readonly env?: Readonly<Record<string, string>>;
  /** Put behind its own arguments. */
  readonly arguments?: readonly string[];
  /** Directories that become a tmpfs. */
  readonly tmpfs?: readonly string[];
  /** A reference or digest instead of its own image. */
  readonly image?: string;
  /** As Docker writes it, `linux/arm64`. */
  readonly platform?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * What makes a container like the one that was inspected. Docker Engine API 1.45 answers with nearly what it takes;
 * this is the rest: volumes it named itself are named, so that the copy gets the same ones, and whatever followed from
 * the original's id is left to Docker. Never with auto-remove: how a copy ended is what people want to see.
 */
export function containerConfiguration(
  details: ContainerInspectInfo,
  changes: ContainerChanges = {},
): ContainerCreateOptions {
  const { Config: config } = details;
  const sharesNetwork = details.HostConfig.NetworkMode?.startsWith('container:') ?? false;
  const { Hostname, Domainname, ExposedPorts, MacAddress, ...rest } = config as typeof config & {
    MacAddress?: string;
  };
  const options: ContainerCreateOptions = {
    ...rest,
    // Docker would take null for "the image's own", and this for none (moby, mergeAndVerifyConfig).
    Entrypoint: config.Entrypoint?.length ? config.Entrypoint : [''],
    Image: changes.image ?? config.Image,
    Env: withEnv(config.Env ?? [], changes.env ?? {}),
    Cmd: [...(config.Cmd ?? []), ...(changes.arguments ?? [])],
    Labels: { ...config.Labels, ...changes.labels },
    HostConfig: hostConfig(details, changes.tmpfs ?? []),
    NetworkingConfig: { EndpointsConfig: sharesNetwork ? {} : endpoints(details, MacAddress) },
  };
  if (changes.platform !== undefined) options.platform = changes.platform;
  // With somebody else's network all of these are refused.
  if (sharesNetwork) return options;
  // Unless a person chose it, the host name is the beginning of the id.
  const ownHostname = Hostname !== details.Id.slice(0, Hostname.length);
  return { ...options, ...(ownHostname && { Hostname }), Domainname, ExposedPorts };
}

function withEnv(env: readonly string[], added: Readonly<Record<string, string>>): string[] {
  const kept = env.filter((entry) => !Object.hasOwn(added, entry.split('=', 1)[0] ?? entry));
  return [...kept, ...Object.entries(added).map(([name, value]) => `${name}=${value}`)];
}

function hostConfig(details: ContainerInspectInfo, tmpfs: readonly string[]): HostConfig {
  const original = details.HostConfig;
  const isTmpfs = new Set(tmpfs);
  // A volume of `--mount` without a name got one from Docker: it is among the binds below.
  const mounts = (original.Mounts ?? []).filter(
    (mount) => (mount.Type !== 'volume' || mount.Source) && !isTmpfs.has(mount.Target),
  );
  const written = (original.Binds ?? []).filter((bind) => !isTmpfs.has(destinationOf(bind)));
  const covered = new Set([...tmpfs, ...mounts.map((mount) => mount.Target), ...written.map(destinationOf)]);
  const binds = details.Mounts.filter((mount) => !covered.has(mount.Destination)).flatMap(bindOf);
  return {
    ...original,
    AutoRemove: false,
    Binds: [...written, ...binds],
    Mounts: mounts,
    // What came from there is among the binds, whatever has become of the other container.
    VolumesFrom: [],
    Tmpfs: { ...original.Tmpfs, ...Object.fromEntries(tmpfs.map((directory) => [directory, ''])) },
    Links: (original.Links ?? []).map(linkAsWritten),
  };
}

/** `source:destination[:options]`; neither path can hold a colon. */
function destinationOf(bind: string): string {
  return bind.split(':')[1] ?? bind;
}

/** Volumes which Docker named, and what came with `--volumes-from`. A tmpfs stands elsewhere. */
function bindOf(mount: ContainerInspectInfo['Mounts'][number]): string[] {
  const source = mount.Type === 'volume' ? mount.Name : mount.Type === 'bind' ? mount.Source : undefined;
  return source === undefined ? [] : [`${source}:${mount.Destination}${mount.RW ? '' : ':ro'}`];
}

/** Docker answers `/other:/this/alias` and takes `other:alias`. */
function linkAsWritten(link: string): string {
  const [target = '', alias = ''] = link.split(':');
  return `${target.replace(/^\//, '')}:${alias.slice(alias.lastIndexOf('/') + 1)}`;
}

type Endpoint = ContainerInspectInfo['NetworkSettings']['Networks'][string] & {
  DriverOpts?: Record<string, string> | null;
};

/** Every network with what a person chose there; addresses and identifiers that Docker chose are left to it. */
function endpoints(
  details: ContainerInspectInfo,
  mac: string | undefined,
): Record<string, Partial<EndpointSettings>> {
  const networks = Object.entries(details.NetworkSettings.Networks as Record<string, Endpoint>);
  return Object.fromEntries(
    networks.map(([name, endpoint]) => {
      const aliases = ((endpoint.Aliases ?? []) as string[]).filter(
        (alias) => alias !== details.Id.slice(0, alias.length),
      );
      const chosen = {
        ...(endpoint.IPAMConfig && { IPAMConfig: endpoint.IPAMConfig }),
        ...(endpoint.Links && { Links: endpoint.Links }),
        ...(endpoint.DriverOpts && { DriverOpts: endpoint.DriverOpts }),
        ...(aliases.length > 0 && { Aliases: aliases }),
        ...(mac && { MacAddress: mac }),
      };
      return [name, chosen];
    }),
  );
}
