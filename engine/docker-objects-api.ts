import type { ActivityEntry } from '../contract/activity.ts';
import type { Build, BuildCache, BuildReport } from '../contract/builds.ts';
import type { Network, NetworkMember, NewNetwork } from '../contract/networks.ts';
import type { Pruned, PrunePlan, PruneTarget } from '../contract/prune.ts';
import type { Volume } from '../contract/volumes.ts';

/** What an engine can do with Docker's volumes, networks and builds, and what happened; as `EngineApi` otherwise. */
export interface DockerObjectsApi {
  listVolumes(vm: string): Promise<Volume[]>;
  createVolume(vm: string, name: string): Promise<Volume>;
  removeVolume(vm: string, name: string): Promise<void>;
  inspectVolume(vm: string, name: string): Promise<Record<string, unknown>>;
  /** Ends with `signal`, unless somebody else waits for the same. */
  measureVolumes(vm: string, signal: AbortSignal): Promise<Volume[]>;
  listNetworks(vm: string): Promise<Network[]>;
  createNetwork(options: { vm: string } & NewNetwork): Promise<Network>;
  removeNetwork(vm: string, id: string): Promise<void>;
  connectNetwork(vm: string, member: NetworkMember): Promise<void>;
  disconnectNetwork(vm: string, member: NetworkMember): Promise<void>;
  inspectNetwork(vm: string, id: string): Promise<Record<string, unknown>>;
  watchBuilds(vm: string, signal: AbortSignal): AsyncGenerator<Build[], void, undefined>;
  reportBuild(vm: string, ref: string, signal: AbortSignal): AsyncGenerator<BuildReport, void, undefined>;
  forgetBuild(vm: string, ref: string): Promise<void>;
  buildCache(vm: string, signal: AbortSignal): Promise<BuildCache>;
  planPrune(vm: string, target: PruneTarget, signal: AbortSignal): Promise<PrunePlan>;
  prune(options: { vm: string; target: PruneTarget; ids: readonly string[] }): Promise<Pruned>;
  watchActivity(signal: AbortSignal): AsyncGenerator<ActivityEntry[], void, undefined>;
}
