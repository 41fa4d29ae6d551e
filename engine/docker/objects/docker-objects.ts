import { z } from 'zod';
import type { ActivityEntry } from '../../../contract/activity.ts';
import type { Build, BuildCache, BuildReport } from '../../../contract/builds.ts';
import type { Network, NetworkMember, NewNetwork } from '../../../contract/networks.ts';
import type { Pruned, PrunePlan, PruneTarget } from '../../../contract/prune.ts';
import type { ObjectUser, Volume } from '../../../contract/volumes.ts';
import { EngineError } from '../../base/engine-error.ts';
import { SharedWork } from '../../base/shared-work.ts';
import type { DockerObjectsApi } from '../../docker-objects-api.ts';
import type { ActivityLog } from '../../state/activity-log.ts';
import type { Jobs } from '../../state/jobs.ts';
import { forgetBuild } from '../builds/forget-build.ts';
import { reportBuild } from '../builds/report-build.ts';
import { watchBuilds } from '../builds/watch-builds.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerMessageOf, dockerStatusOf, explainDockerError } from '../docker-error.ts';
import { dockerRequest } from '../docker-request.ts';
import { buildCache, volumeSizes } from './disk-use.ts';
import { prune, pruneWords } from './prune.ts';
import { prunePlan } from './prune-plan.ts';

/** What Docker says about one thing, whatever that is. */
const ObjectRecord = z.record(z.string(), z.unknown());

export interface DockerObjectsOptions {
  readonly jobs: Jobs;
  readonly activity: ActivityLog;
  /** Docker in a VM. Throws `unknown_vm` or `wrong_state` while there is none. */
  readonly connection: (vm: string) => DockerConnection;
}

/** Volumes, networks and builds in every VM, and what happened there. */
export class DockerObjects implements DockerObjectsApi {
  readonly #options: DockerObjectsOptions;
  readonly #measuring = new SharedWork<void>();

  constructor(options: DockerObjectsOptions) {
    this.#options = options;
  }

  async listVolumes(vm: string): Promise<Volume[]> {
    const { objects } = this.#options.connection(vm);
    await objects.refresh();
    return objects.volumes();
  }

  /** Throws `wrong_state` when there is one of that name: Docker would hand that one out. */
  async createVolume(vm: string, name: string): Promise<Volume> {
    const { docker, objects, signal } = this.#options.connection(vm);
    if ((await this.listVolumes(vm)).some((volume) => volume.name === name)) throw taken('volume', name);
    try {
      await docker.createVolume({ _query: {}, _body: { Name: name }, abortSignal: signal } as object);
    } catch (thrown) {
      throw explainDockerError(thrown, `Volume "${name}" could not be made`);
    }
    await objects.refresh();
    return this.#volume(vm, name);
  }

  async removeVolume(vm: string, name: string): Promise<void> {
    const { docker, objects, signal } = this.#options.connection(vm);
    await objects.refresh();
    const { users } = this.#volume(vm, name);
    if (users.length > 0) throw inUse('Volume', name, users);
    try {
      await docker.getVolume(encodeURIComponent(name)).remove({ abortSignal: signal });
    } catch (thrown) {
      throw refused(thrown, 'Volume', name);
    } finally {
      await objects.refresh();
    }
  }

  async inspectVolume(vm: string, name: string): Promise<Record<string, unknown>> {
    const { docker, signal } = this.#options.connection(vm);
    try {
      const path = `/volumes/${encodeURIComponent(name)}`;
      return ObjectRecord.parse(await dockerRequest(docker, { method: 'GET', path, query: {}, signal }));
    } catch (thrown) {
      throw dockerStatusOf(thrown) === 404
        ? unknown('volume', name)
        : explainDockerError(thrown, `Docker does not tell about volume "${name}"`);
    }
  }

  async measureVolumes(vm: string, signal: AbortSignal): Promise<Volume[]> {
    const { docker, objects, signal: connected } = this.#options.connection(vm);
    await this.#measuring.run(vm, AbortSignal.any([signal, connected]), async (working) => {
      const sizes = await volumeSizes(docker, working);
      await objects.refresh(working);
      objects.setSizes(sizes);
    });
    return objects.volumes();
  }

  async listNetworks(vm: string): Promise<Network[]> {
    const { objects } = this.#options.connection(vm);
    await objects.refresh();
    return objects.networks();
  }

  /** Throws `wrong_state` when there is one of that name: Docker would make a second. */
  async createNetwork(options: { vm: string } & NewNetwork): Promise<Network> {
    const { vm, name, internal, subnet } = options;
    const { docker, objects, signal } = this.#options.connection(vm);
    if ((await this.listNetworks(vm)).some((network) => network.name === name)) throw taken('network', name);
    try {
      const IPAM = { Driver: 'default', ...(subnet !== null && { Config: [{ Subnet: subnet }] }) };
      const body = { Name: name, Driver: 'bridge', CheckDuplicate: true, Internal: internal, IPAM };
      await docker.createNetwork({ _query: {}, _body: body, abortSignal: signal } as never);
    } catch (thrown) {
      throw explainDockerError(thrown, `Network "${name}" could not be made`, {
        hint: subnet === null ? '' : 'Choose a subnet that overlaps with no other network, or none.',
      });
    }
    await objects.refresh();
    const made = objects.networks().find((network) => network.name === name);
    if (!made) throw unknown('network', name);
    return made;
  }

  async removeNetwork(vm: string, id: string): Promise<void> {
    const { docker, objects, signal } = this.#options.connection(vm);
    await objects.refresh();
    const { builtIn, name, users } = this.#network(vm, id);
    if (builtIn) {
      throw new EngineError({ code: 'wrong_state', message: `Network "${name}" is Docker's own and stays.` });
    }
    if (users.length > 0) throw inUse('Network', name, users);
    try {
      await docker.getNetwork(encodeURIComponent(id)).remove({ abortSignal: signal });
    } catch (thrown) {
      throw refused(thrown, 'Network', name);
    } finally {
      await objects.refresh();
    }
  }

  async connectNetwork(vm: string, member: NetworkMember): Promise<void> {
    await this.#changeMember(vm, member, 'connect');
  }

  async disconnectNetwork(vm: string, member: NetworkMember): Promise<void> {
    await this.#changeMember(vm, member, 'disconnect');
  }

  async inspectNetwork(vm: string, id: string): Promise<Record<string, unknown>> {
    const { docker, signal } = this.#options.connection(vm);
    try {
      const path = `/networks/${encodeURIComponent(id)}`;
      return ObjectRecord.parse(await dockerRequest(docker, { method: 'GET', path, query: {}, signal }));
    } catch (thrown) {
      throw dockerStatusOf(thrown) === 404
        ? unknown('network', id)
        : explainDockerError(thrown, `Docker does not tell about network "${id}"`);
    }
  }

  async *watchBuilds(vm: string, signal: AbortSignal): AsyncGenerator<Build[], void, undefined> {
    yield* watchBuilds(this.#options.connection(vm), signal);
  }

  async *reportBuild(
    vm: string,
    ref: string,
    signal: AbortSignal,
  ): AsyncGenerator<BuildReport, void, undefined> {
    yield* reportBuild(this.#options.connection(vm), ref, signal);
  }

  async forgetBuild(vm: string, ref: string): Promise<void> {
    await forgetBuild(this.#options.connection(vm), ref);
  }

  async buildCache(vm: string, signal: AbortSignal): Promise<BuildCache> {
    const { docker, signal: connected } = this.#options.connection(vm);
    return await buildCache(docker, AbortSignal.any([signal, connected]));
  }

  async planPrune(vm: string, target: PruneTarget, signal: AbortSignal): Promise<PrunePlan> {
    const connection = this.#options.connection(vm);
    if (target === 'volumes' || target === 'anonymous-volumes') await this.measureVolumes(vm, signal);
    return await prunePlan(connection, target, AbortSignal.any([signal, connection.signal]));
  }

  async prune(options: { vm: string; target: PruneTarget; ids: readonly string[] }): Promise<Pruned> {
    const connection = this.#options.connection(options.vm);
    const job = {
      kind: 'prune',
      title: `Prune ${pruneWords[options.target]} of VM ${options.vm}`,
      signal: connection.signal,
    } as const;
    return await this.#options.jobs.run(job, (reporter) => prune(connection, options, reporter));
  }

  watchActivity(signal: AbortSignal): AsyncGenerator<ActivityEntry[], void, undefined> {
    return this.#options.activity.watch(signal);
  }

  async #changeMember(vm: string, member: NetworkMember, act: 'connect' | 'disconnect'): Promise<void> {
    const { docker, objects, signal } = this.#options.connection(vm);
    await objects.refresh();
    const { name } = this.#network(vm, member.id);
    const network = docker.getNetwork(encodeURIComponent(member.id));
    const request = { _query: {}, _body: { Container: member.container }, abortSignal: signal };
    try {
      await network[act](request as never);
    } catch (thrown) {
      const what = `The container could not be ${act}ed ${act === 'connect' ? 'to' : 'from'} network "${name}"`;
      throw explainDockerError(
        thrown,
        what,
        dockerStatusOf(thrown) === 404 ? { code: 'unknown_container' } : {},
      );
    } finally {
      await objects.refresh();
    }
  }

  #volume(vm: string, name: string): Volume {
    const { objects } = this.#options.connection(vm);
    const row = objects.volumes().find((volume) => volume.name === name);
    if (!row) throw unknown('volume', name);
    return row;
  }

  #network(vm: string, id: string): Network {
    const { objects } = this.#options.connection(vm);
    const row = objects.networks().find((network) => network.id === id);
    if (!row) throw unknown('network', id);
    return row;
  }
}

function unknown(kind: 'volume' | 'network', name: string): EngineError {
  return new EngineError({ code: `unknown_${kind}`, message: `The VM has no ${kind} "${name}".` });
}

function taken(kind: 'volume' | 'network', name: string): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `There is a ${kind} "${name}" already.`,
    hint: 'Choose another name.',
  });
}

function inUse(kind: 'Volume' | 'Network', name: string, users: readonly ObjectUser[]): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `${kind} "${name}" is used by ${users.map((user) => user.name).join(', ')}.`,
    hint: 'Remove these containers first; stopped ones count, too.',
  });
}

/** Docker's no: somebody began to use it, or it is gone. */
function refused(thrown: unknown, kind: 'Volume' | 'Network', name: string): unknown {
  const status = dockerStatusOf(thrown);
  if (status === 404) return unknown(kind === 'Volume' ? 'volume' : 'network', name);
  if (status !== 409 && status !== 403)
    return explainDockerError(thrown, `${kind} "${name}" could not be removed`);
  return new EngineError({
    code: 'wrong_state',
    message: `${kind} "${name}" is in use.`,
    hint: 'Remove what uses it first.',
    details: { docker: dockerMessageOf(thrown) },
    cause: thrown,
  });
}
