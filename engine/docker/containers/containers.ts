import type {
  ContainerAction,
  OfContainer,
  OfProject,
  Removal,
} from '../../../contract/container-actions.ts';
import type { Download, FileList } from '../../../contract/container-files.ts';
import type { LogBatch, LogQuery } from '../../../contract/container-logs.ts';
import type { UsageSample } from '../../../contract/container-usage.ts';
import type { Container } from '../../../contract/records.ts';
import type { RawStream } from '../../api.ts';
import type { ContainerApi } from '../../container-api.ts';
import type { Store } from '../../state/store.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { explainDockerError } from '../docker-error.ts';
import { findContainer } from '../find-container.ts';
import { actOnContainer } from './act-on-container.ts';
import { actOnProject } from './act-on-project.ts';
import { Downloads } from './downloads.ts';
import { listFiles } from './list-files.ts';
import { readRemoval, removeContainer } from './remove-container.ts';
import { watchLogs } from './watch-logs.ts';

/** Who samples what containers use. */
export interface UsageSampler {
  watchUsage(
    vm: string,
    container: string | null,
    signal: AbortSignal,
  ): AsyncGenerator<UsageSample, void, undefined>;
}

export interface ContainersOptions {
  readonly store: Store;
  /** Docker in a VM. Throws `unknown_vm` or `wrong_state` while there is none. */
  readonly connection: (vm: string) => DockerConnection;
  readonly trees: UsageSampler;
}

/** What people do with containers and see of them. Throws `unknown_container` for one that is not there. */
export class Containers implements ContainerApi {
  readonly #options: ContainersOptions;
  readonly #downloads = new Downloads();

  constructor(options: ContainersOptions) {
    this.#options = options;
  }

  async act(options: OfContainer & { action: ContainerAction }): Promise<void> {
    const { connection, container } = this.#find(options);
    await actOnContainer(connection, container, options.action);
  }

  async actOnProject(options: OfProject): Promise<{ containers: number }> {
    const { store, connection } = this.#options;
    return await actOnProject(connection(options.vm), Object.values(store.state.containers), options);
  }

  async removal(options: OfContainer): Promise<Removal> {
    const { connection, container } = this.#find(options);
    return await readRemoval(connection, container);
  }

  async remove(options: OfContainer & { volumes: boolean }): Promise<void> {
    const { connection, container } = this.#find(options);
    await removeContainer(connection, container, options.volumes);
  }

  async inspect(options: OfContainer): Promise<Record<string, unknown>> {
    const { connection, container } = this.#find(options);
    const { docker, signal } = connection;
    try {
      return { ...(await docker.getContainer(container.id).inspect({ abortSignal: signal })) };
    } catch (thrown) {
      throw explainDockerError(thrown, `Container "${container.name}" cannot be inspected`);
    }
  }

  async *watchLogs(
    options: OfContainer & LogQuery,
    signal: AbortSignal,
  ): AsyncGenerator<LogBatch, void, undefined> {
    const { connection, container } = this.#find(options);
    yield* watchLogs({ connection, container, tail: options.tail, after: options.after, signal });
  }

  async *watchUsage(
    { vm, container }: { vm: string; container: string | null },
    signal: AbortSignal,
  ): AsyncGenerator<UsageSample, void, undefined> {
    const id = container === null ? null : this.#find({ vm, container }).container.id;
    yield* this.#options.trees.watchUsage(vm, id, signal);
  }

  async files(options: OfContainer & { path: string }): Promise<FileList> {
    const { connection, container } = this.#find(options);
    return await listFiles(connection, container, options.path);
  }

  async download(options: OfContainer & { path: string }): Promise<Download> {
    const { connection, container } = this.#find(options);
    return await this.#downloads.prepare(connection, container, options.path);
  }

  attachDownload(id: string, stream: RawStream): void {
    this.#downloads.attach(id, stream);
  }

  #find(options: OfContainer): { connection: DockerConnection; container: Container } {
    const { store, connection } = this.#options;
    // First the VM: while it is away, its rows are only the last thing known.
    return {
      connection: connection(options.vm),
      container: findContainer(store.state.containers, options),
    };
  }
}
