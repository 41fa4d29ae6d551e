import type { ActivityEntry } from '../../contract/activity.ts';
import type { Build, BuildCache, BuildReport } from '../../contract/builds.ts';
import type { Network } from '../../contract/networks.ts';
import type { Pruned, PrunePlan, PruneTarget } from '../../contract/prune.ts';
import type { Volume } from '../../contract/volumes.ts';
import { EngineError } from '../base/engine-error.ts';
import type { DockerObjectsApi } from '../docker-objects-api.ts';
import { ActivityLog } from '../state/activity-log.ts';
import { aVolume } from './sample-records.ts';

/** One volume `data`, no network, no build; measuring goes on until the caller leaves. */
export class ScriptedObjects implements DockerObjectsApi {
  readonly activity = new ActivityLog();
  /** Measurings under way. */
  measuring = 0;

  async listVolumes(): Promise<Volume[]> {
    return [aVolume()];
  }

  async createVolume(_vm: string, name: string): Promise<Volume> {
    return aVolume({ name });
  }

  async removeVolume(_vm: string, name: string): Promise<void> {
    if (name !== 'data') throw new EngineError({ code: 'unknown_volume', message: `No volume "${name}".` });
  }

  async inspectVolume(_vm: string, name: string): Promise<Record<string, unknown>> {
    return { Name: name };
  }

  async measureVolumes(_vm: string, signal: AbortSignal): Promise<Volume[]> {
    this.measuring += 1;
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    this.measuring -= 1;
    throw signal.reason;
  }

  async listNetworks(): Promise<Network[]> {
    return [];
  }

  async createNetwork({ name }: { name: string }): Promise<Network> {
    throw new EngineError({ code: 'docker_failed', message: `Network "${name}" could not be made.` });
  }

  async removeNetwork(_vm: string, id: string): Promise<void> {
    throw new EngineError({ code: 'unknown_network', message: `No network "${id}".` });
  }

  async connectNetwork(_vm: string, { id }: { id: string }): Promise<void> {
    throw new EngineError({ code: 'unknown_network', message: `No network "${id}".` });
  }

  async disconnectNetwork(_vm: string, { id }: { id: string }): Promise<void> {
    throw new EngineError({ code: 'unknown_network', message: `No network "${id}".` });
  }

  async inspectNetwork(_vm: string, id: string): Promise<Record<string, unknown>> {
    throw new EngineError({ code: 'unknown_network', message: `No network "${id}".` });
  }

  async *watchBuilds(): AsyncGenerator<Build[], void, undefined> {
    yield [];
  }

  async *reportBuild(_vm: string, ref: string): AsyncGenerator<BuildReport, void, undefined> {
    if (ref !== 'done') throw new EngineError({ code: 'unknown_build', message: `No build "${ref}".` });
    yield { steps: [], lines: [], ended: true };
  }

  async forgetBuild(_vm: string, ref: string): Promise<void> {
    throw new EngineError({ code: 'unknown_build', message: `No build "${ref}".` });
  }

  async buildCache(): Promise<BuildCache> {
    return { entries: [], totalBytes: 0, reclaimableBytes: 0 };
  }

  async planPrune(_vm: string, target: PruneTarget): Promise<PrunePlan> {
    return { target, items: [], bytes: 0 };
  }

  async prune(): Promise<Pruned> {
    return { removed: 0, kept: [], bytes: 0 };
  }

  watchActivity(signal: AbortSignal): AsyncGenerator<ActivityEntry[], void, undefined> {
    return this.activity.watch(signal);
  }
}
