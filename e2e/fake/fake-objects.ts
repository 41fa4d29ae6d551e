import type { ActivityEntry } from '../../contract/activity.ts';
import type { Build, BuildCache, BuildReport } from '../../contract/builds.ts';
import { dockerImageKey } from '../../contract/docker-images.ts';
import { type Network, type NetworkMember, type NewNetwork, networkKey } from '../../contract/networks.ts';
import type { Pruned, PruneItem, PrunePlan, PruneTarget } from '../../contract/prune.ts';
import { type Volume, volumeKey } from '../../contract/volumes.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import { Publisher } from '../../engine/base/publisher.ts';
import type { DockerObjectsApi } from '../../engine/docker-objects-api.ts';
import { ActivityLog } from '../../engine/state/activity-log.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';
import { cacheOf, digestOf, networkRecord, volumeRecord } from './object-records.ts';

/** Volumes, networks, build cache and activity of the fake engine: what is asked changes the state at once. */
export class FakeObjects implements DockerObjectsApi {
  readonly activity = new ActivityLog();
  cache: BuildCache = cacheOf([]);
  /** By the build's ref. */
  readonly reports = new Map<string, BuildReport>();
  #builds: readonly Build[] = [];
  readonly #buildNews = new Publisher<readonly Build[]>();
  /** Measurings under way, which end when their caller leaves. */
  measuring = 0;
  readonly #store: Store;
  readonly #script: FakeScript;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  async listVolumes(): Promise<Volume[]> {
    await this.#script.play('listVolumes');
    return this.#volumes();
  }

  async createVolume(vm: string, name: string): Promise<Volume> {
    await this.#script.carryOut('createVolume', name);
    const value = volumeRecord({ vm, name, createdAt: Date.now() });
    this.#store.commit({ in: 'volumes', key: volumeKey(vm, name), value });
    return value;
  }

  async removeVolume(vm: string, name: string): Promise<void> {
    await this.#script.carryOut('removeVolume', name);
    this.#store.commit({ in: 'volumes', key: volumeKey(vm, name), value: null });
  }

  async inspectVolume(_vm: string, name: string): Promise<Record<string, unknown>> {
    await this.#script.play('inspectVolume');
    const volume = this.#volumes().find((one) => one.name === name);
    if (!volume) throw new EngineError({ code: 'unknown_volume', message: `There is no volume "${name}".` });
    const { driver, mountpoint, labels, options } = volume;
    return { Name: name, Driver: driver, Mountpoint: mountpoint, Labels: labels, Options: options };
  }

  /** A MiB for each letter of its name, where it was not measured before. */
  async measureVolumes(_vm: string, signal: AbortSignal): Promise<Volume[]> {
    this.#script.asked.push('measureVolumes');
    this.measuring += 1;
    try {
      const left = new Promise((_, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
      await Promise.race([this.#script.play('measureVolumes'), left]);
    } finally {
      this.measuring -= 1;
    }
    for (const volume of this.#volumes()) {
      const size = { bytes: volume.size?.bytes ?? volume.name.length * 1024 ** 2, at: Date.now() };
      const key = volumeKey(volume.vm, volume.name);
      this.#store.commit({ in: 'volumes', key, value: { ...volume, size } });
    }
    return this.#volumes();
  }

  async listNetworks(): Promise<Network[]> {
    await this.#script.play('listNetworks');
    return this.#networks();
  }

  async createNetwork(options: { vm: string } & NewNetwork): Promise<Network> {
    const { vm, name, internal, subnet } = options;
    await this.#script.carryOut('createNetwork', name, internal ? 'internal' : 'open', subnet ?? 'automatic');
    const chosen = { subnet: subnet ?? '172.31.0.0/16', gateway: null };
    const value = networkRecord({ vm, id: digestOf(name), name, internal, subnets: [chosen] });
    this.#store.commit({ in: 'networks', key: networkKey(vm, value.id), value });
    return value;
  }

  async removeNetwork(vm: string, id: string): Promise<void> {
    const name = this.#networks().find((network) => network.id === id)?.name ?? id;
    await this.#script.carryOut('removeNetwork', name);
    this.#store.commit({ in: 'networks', key: networkKey(vm, id), value: null });
  }

  async connectNetwork(vm: string, { id, container }: NetworkMember): Promise<void> {
    const { name = container } = this.#store.state.containers[container] ?? {};
    await this.#script.carryOut('connectNetwork', id, name);
    const known = this.#store.state.networks[networkKey(vm, id)];
    if (!known) return;
    const users = [...known.users, { id: container, name, address: '172.31.0.9' }];
    this.#store.commit({ in: 'networks', key: networkKey(vm, id), value: { ...known, users } });
  }

  async disconnectNetwork(vm: string, { id, container }: NetworkMember): Promise<void> {
    const known = this.#store.state.networks[networkKey(vm, id)];
    await this.#script.carryOut('disconnectNetwork', known?.name ?? id, container);
    if (!known) return;
    const users = known.users.filter((user) => user.id !== container);
    this.#store.commit({ in: 'networks', key: networkKey(vm, id), value: { ...known, users } });
  }

  async inspectNetwork(_vm: string, id: string): Promise<Record<string, unknown>> {
    await this.#script.play('inspectNetwork');
    const network = this.#networks().find((one) => one.id === id);
    if (!network) throw new EngineError({ code: 'unknown_network', message: `There is no network "${id}".` });
    return { Name: network.name, Id: id, Driver: network.driver, Internal: network.internal };
  }

  setBuilds(builds: readonly Build[]): void {
    this.#builds = builds;
    this.#buildNews.publish(builds);
  }

  async *watchBuilds(_vm: string, signal: AbortSignal): AsyncGenerator<Build[], void, undefined> {
    const news = this.#buildNews.subscribe(signal);
    await this.#script.play('watchBuilds');
    yield [...this.#builds];
    for await (const builds of news) yield [...builds];
  }

  async *reportBuild(_vm: string, ref: string): AsyncGenerator<BuildReport, void, undefined> {
    const report = this.reports.get(ref);
    if (!report) throw new EngineError({ code: 'unknown_build', message: `There is no build "${ref}".` });
    yield report;
  }

  async forgetBuild(_vm: string, ref: string): Promise<void> {
    await this.#script.carryOut('forgetBuild', ref);
    this.setBuilds(this.#builds.filter((build) => build.ref !== ref));
  }

  async buildCache(): Promise<BuildCache> {
    await this.#script.play('buildCache');
    return this.cache;
  }

  async planPrune(vm: string, target: PruneTarget, signal: AbortSignal): Promise<PrunePlan> {
    await this.#script.play('planPrune');
    if (target.endsWith('volumes')) await this.measureVolumes(vm, signal);
    const items = this.#prunable(target);
    return { target, items, bytes: items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0) };
  }

  async prune(options: { vm: string; target: PruneTarget; ids: readonly string[] }): Promise<Pruned> {
    const { vm, target, ids } = options;
    await this.#script.carryOut('prune', target, String(ids.length));
    const going = this.#prunable(target).filter(({ id }) => target === 'build-cache' || ids.includes(id));
    if (target === 'build-cache') this.cache = cacheOf(this.cache.entries.filter((entry) => entry.inUse));
    for (const { id } of going) {
      if (target.endsWith('images'))
        this.#store.commit({ in: 'dockerImages', key: dockerImageKey(vm, id), value: null });
      else if (target === 'networks')
        this.#store.commit({ in: 'networks', key: networkKey(vm, id), value: null });
      else this.#store.commit({ in: 'volumes', key: volumeKey(vm, id), value: null });
    }
    const bytes = going.reduce((sum, item) => sum + (item.bytes ?? 0), 0);
    return { removed: going.length, kept: [], bytes };
  }

  watchActivity(signal: AbortSignal): AsyncGenerator<ActivityEntry[], void, undefined> {
    return this.activity.watch(signal);
  }

  #prunable(target: PruneTarget): PruneItem[] {
    if (target === 'build-cache') {
      return this.cache.entries
        .filter((entry) => !entry.inUse)
        .map(({ id, description, bytes }) => ({ id, name: description, bytes }));
    }
    if (target.endsWith('images')) {
      const used = new Set(Object.values(this.#store.state.containers).map(({ image }) => image));
      return Object.values(this.#store.state.dockerImages)
        .filter(
          ({ tags }) => tags.length === 0 || (target === 'images' && !tags.some((tag) => used.has(tag))),
        )
        .map(({ id, tags, platforms }) => ({
          id,
          name: tags.join(', ') || id.slice(7, 19),
          bytes: platforms.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
        }));
    }
    if (target === 'networks') {
      return this.#networks()
        .filter((network) => !network.builtIn && network.users.length === 0)
        .map(({ id, name }) => ({ id, name, bytes: null }));
    }
    return this.#volumes()
      .filter(({ anonymous, users }) => users.length === 0 && (anonymous || target === 'volumes'))
      .map(({ name, size }) => ({ id: name, name, bytes: size?.bytes ?? null }));
  }

  #volumes(): Volume[] {
    return Object.values(this.#store.state.volumes);
  }

  #networks(): Network[] {
    return Object.values(this.#store.state.networks);
  }
}
