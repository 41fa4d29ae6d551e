import { z } from 'zod';
import { DockerImage } from './docker-images.ts';
import { Network } from './networks.ts';
import { Container, GuestImage, Handler, Host, Job, Settings, Vm } from './records.ts';
import { Share } from './shares.ts';
import { Volume } from './volumes.ts';

/**
 * Everything clients see. Collections are keyed: VMs by name, containers by id, handlers by `vm/arch`
 * (see `handlerKey`), Docker's images by `dockerImageKey`, volumes by `volumeKey`, networks by `networkKey`, shares
 * by path, jobs and guest images by id.
 */
export const State = z.object({
  host: Host,
  settings: Settings,
  vms: z.record(z.string(), Vm),
  containers: z.record(z.string(), Container),
  handlers: z.record(z.string(), Handler),
  jobs: z.record(z.string(), Job),
  images: z.record(z.string(), GuestImage),
  dockerImages: z.record(z.string(), DockerImage),
  volumes: z.record(z.string(), Volume),
  networks: z.record(z.string(), Network),
  shares: z.record(z.string(), Share),
});
export type State = z.infer<typeof State>;

export const collections = [
  'vms',
  'containers',
  'handlers',
  'jobs',
  'images',
  'dockerImages',
  'volumes',
  'networks',
  'shares',
] as const;
export type Collection = (typeof collections)[number];

/** Key of a handler in `State.handlers`. */
export function handlerKey(vm: string, arch: string): string {
  return `${vm}/${arch}`;
}

/** One record replaced (`value`) or removed (`value: null`); `host` and `settings` are replaced whole. */
export const Change = z.discriminatedUnion('in', [
  z.object({ in: z.literal('host'), value: Host }),
  z.object({ in: z.literal('settings'), value: Settings }),
  z.object({ in: z.literal('vms'), key: z.string(), value: Vm.nullable() }),
  z.object({ in: z.literal('containers'), key: z.string(), value: Container.nullable() }),
  z.object({ in: z.literal('handlers'), key: z.string(), value: Handler.nullable() }),
  z.object({ in: z.literal('jobs'), key: z.string(), value: Job.nullable() }),
  z.object({ in: z.literal('images'), key: z.string(), value: GuestImage.nullable() }),
  z.object({ in: z.literal('dockerImages'), key: z.string(), value: DockerImage.nullable() }),
  z.object({ in: z.literal('volumes'), key: z.string(), value: Volume.nullable() }),
  z.object({ in: z.literal('networks'), key: z.string(), value: Network.nullable() }),
  z.object({ in: z.literal('shares'), key: z.string(), value: Share.nullable() }),
]);
export type Change = z.infer<typeof Change>;

/**
 * First a snapshot, then batches of changes whose clock is one more than the one before. A client that sees a gap
 * asks again and starts from a fresh snapshot.
 */
export const StateUpdate = z.discriminatedUnion('type', [
  z.object({ type: z.literal('snapshot'), clock: z.number().int(), state: State }),
  z.object({ type: z.literal('changes'), clock: z.number().int(), changes: z.array(Change) }),
]);
export type StateUpdate = z.infer<typeof StateUpdate>;

/** The state after `changes`, sharing every record that did not change. */
export function applyChanges(state: State, changes: readonly Change[]): State {
  const next: State = { ...state };
  const copied = new Set<Collection>();
  for (const change of changes) {
    if (change.in === 'host') next.host = change.value;
    else if (change.in === 'settings') next.settings = change.value;
    else {
      if (!copied.has(change.in)) {
        copied.add(change.in);
        Object.assign(next, { [change.in]: { ...next[change.in] } });
      }
      const records: Record<string, unknown> = next[change.in];
      if (change.value === null) delete records[change.key];
      else records[change.key] = change.value;
    }
  }
  return next;
}
