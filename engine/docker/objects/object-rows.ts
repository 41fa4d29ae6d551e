import { z } from 'zod';
import type { Network } from '../../../contract/networks.ts';
import type { Volume } from '../../../contract/volumes.ts';
import { isHidden } from '../hidden-containers.ts';

const Texts = z
  .record(z.string(), z.string())
  .nullish()
  .transform((texts) => texts ?? {});

/** Answer of `GET /volumes`. Source for all of these: Docker Engine API 1.45. */
export const VolumeList = z.object({
  Volumes: z
    .array(
      z.object({
        Name: z.string(),
        Driver: z.string(),
        Mountpoint: z.string().default(''),
        CreatedAt: z.string().nullish(),
        Labels: Texts,
        Options: Texts,
      }),
    )
    .nullish()
    .transform((volumes) => volumes ?? []),
});
export type VolumeFacts = z.infer<typeof VolumeList>['Volumes'][number];

/** Answer of `GET /networks`. */
export const NetworkList = z.array(
  z.object({
    Id: z.string(),
    Name: z.string(),
    Driver: z.string(),
    Created: z.string().nullish(),
    Internal: z.boolean().default(false),
    Labels: Texts,
    IPAM: z
      .object({
        Config: z
          .array(z.object({ Subnet: z.string().optional(), Gateway: z.string().optional() }))
          .nullish(),
      })
      .nullish(),
  }),
);
export type NetworkFacts = z.infer<typeof NetworkList>[number];

/** Answer of `GET /containers/json`, as far as it tells what a container uses. */
export const UserList = z.array(
  z.object({
    Id: z.string(),
    Names: z.array(z.string()).default([]),
    Labels: Texts,
    Mounts: z.array(z.object({ Type: z.string(), Name: z.string().optional() })).nullish(),
    NetworkSettings: z
      .object({
        Networks: z
          .record(
            z.string(),
            z.object({ NetworkID: z.string().default(''), IPAddress: z.string().default('') }),
          )
          .nullish(),
      })
      .nullish(),
  }),
);
export type UserFacts = z.infer<typeof UserList>[number];

/** Names that Docker gives when nobody does. */
const anonymousName = /^[0-9a-f]{64}$/;

/** Docker's own networks; nothing else may have these names. */
const builtInNetworks = ['bridge', 'host', 'none'];

const composeLabel = 'com.docker.compose.project';

/** `known` is the row there was, which may know the size. */
export function volumeRow(options: {
  vm: string;
  facts: VolumeFacts;
  containers: readonly UserFacts[];
  known: Volume | undefined;
}): Volume {
  const { vm, facts, containers, known } = options;
  const createdAt = readTime(facts.CreatedAt);
  const users = shown(containers).filter(({ Mounts: mounts }) =>
    mounts?.some((mount) => mount.Type === 'volume' && mount.Name === facts.Name),
  );
  return {
    vm,
    name: facts.Name,
    anonymous: anonymousName.test(facts.Name),
    driver: facts.Driver,
    mountpoint: facts.Mountpoint,
    createdAt,
    labels: facts.Labels,
    options: facts.Options,
    composeProject: facts.Labels[composeLabel] ?? null,
    users: users.map(userOf),
    // A volume that was made anew under its old name has another size.
    size: known?.createdAt === createdAt ? known.size : null,
    stale: false,
  };
}

export function networkRow(options: {
  vm: string;
  facts: NetworkFacts;
  containers: readonly UserFacts[];
}): Network {
  const { vm, facts, containers } = options;
  const users = shown(containers).flatMap((container) => {
    const networks = Object.entries(container.NetworkSettings?.Networks ?? {});
    // A container that never ran knows its network by name only.
    const used = networks.find(([name, network]) =>
      network.NetworkID === '' ? name === facts.Name : network.NetworkID === facts.Id,
    );
    return used ? [{ ...userOf(container), address: used[1].IPAddress || null }] : [];
  });
  return {
    vm,
    id: facts.Id,
    name: facts.Name,
    driver: facts.Driver,
    builtIn: builtInNetworks.includes(facts.Name),
    internal: facts.Internal,
    subnets: (facts.IPAM?.Config ?? []).flatMap(({ Subnet: subnet, Gateway: gateway }) =>
      subnet === undefined ? [] : [{ subnet, gateway: gateway ?? null }],
    ),
    createdAt: readTime(facts.Created),
    labels: facts.Labels,
    composeProject: facts.Labels[composeLabel] ?? null,
    users,
    stale: false,
  };
}

function shown(containers: readonly UserFacts[]): UserFacts[] {
  return containers.filter(({ Names: names, Labels: labels }) => !isHidden(names[0], labels));
}

function userOf({ Id: id, Names: names }: UserFacts): { id: string; name: string } {
  return { id, name: names[0]?.replace(/^\//, '') ?? id.slice(0, 12) };
}

function readTime(text: string | null | undefined): number | null {
  const at = Date.parse(text ?? '');
  return at > 0 ? at : null;
}
