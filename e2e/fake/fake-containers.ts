import { randomUUID } from 'node:crypto';
import type { ContainerAction, OfContainer, OfProject, Removal } from '../../contract/container-actions.ts';
import type { Download, FileEntry, FileList } from '../../contract/container-files.ts';
import type { LogBatch, LogLine, LogQuery } from '../../contract/container-logs.ts';
import type { ContainerUsage, UsageSample } from '../../contract/container-usage.ts';
import type { Container } from '../../contract/records.ts';
import type { RawStream } from '../../engine/api.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { ContainerApi } from '../../engine/container-api.ts';
import type { Store } from '../../engine/state/store.ts';
import type { FakeScript } from './fake-script.ts';
import { pause } from './pause.ts';

/** How often a batch of the log may come, and how many lines are in it at most. */
const batchLines = 5_000;

/** Containers that do what they are told, with logs, files and figures which the spec chooses. */
export class FakeContainers implements ContainerApi {
  /** How often usage is sampled, milliseconds. */
  sampleEveryMs = 100;
  /** How many streams of samples, and of logs, are being read. */
  usageWatchers = 0;
  logWatchers = 0;
  inspected: Record<string, unknown> = {};
  belongings: Removal = { writtenBytes: 12_582_912, anonymousVolumes: [], namedVolumes: [] };
  /** By path. What is not there cannot be listed. */
  readonly folders = new Map<string, FileEntry[]>();
  /** By path. */
  readonly contents = new Map<string, Buffer>();
  readonly #store: Store;
  readonly #script: FakeScript;
  readonly #logs = new Map<string, LogLine[]>();
  readonly #usages = new Map<string, ContainerUsage>();
  readonly #downloads = new Map<string, Buffer>();
  #wrote = Promise.withResolvers<void>();

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  /** The container's log goes on with these. */
  write(container: string, ...lines: LogLine[]): void {
    const { id } = this.#find({ container });
    this.#logs.set(id, [...(this.#logs.get(id) ?? []), ...lines]);
    this.#wrote.resolve();
    this.#wrote = Promise.withResolvers();
  }

  use(container: string, usage: ContainerUsage): void {
    this.#usages.set(this.#find({ container }).id, usage);
  }

  async act(options: OfContainer & { action: ContainerAction }): Promise<void> {
    const container = this.#find(options);
    await this.#script.carryOut('actOnContainer', options.action, container.name);
    this.#change(container, options.action);
  }

  async actOnProject({ project, action }: OfProject): Promise<{ containers: number }> {
    await this.#script.carryOut('actOnProject', action, project);
    const meant = this.#rows().filter((row) => row.composeProject === project);
    for (const container of meant) this.#change(container, action);
    return { containers: meant.length };
  }

  async removal(options: OfContainer): Promise<Removal> {
    await this.#script.play('containerRemoval');
    this.#find(options);
    return this.belongings;
  }

  async remove(options: OfContainer & { volumes: boolean }): Promise<void> {
    const container = this.#find(options);
    await this.#script.carryOut('removeContainer', container.name, ...(options.volumes ? ['volumes'] : []));
    this.#store.commit({ in: 'containers', key: container.id, value: null });
  }

  async inspect(options: OfContainer): Promise<Record<string, unknown>> {
    await this.#script.play('inspectContainer');
    return { Id: this.#find(options).id, ...this.inspected };
  }

  async *watchLogs(
    options: OfContainer & LogQuery,
    signal: AbortSignal,
  ): AsyncGenerator<LogBatch, void, undefined> {
    await this.#script.play('watchLogs');
    const { id } = this.#find(options);
    const written = (): LogLine[] => this.#logs.get(id) ?? [];
    let next =
      options.after === null ? Math.max(0, written().length - options.tail) : cursorIndex(options.after);
    this.logWatchers += 1;
    try {
      yield { lines: [], cursor: cursorOf(next) };
      while (!signal.aborted) {
        const lines = written().slice(next, next + batchLines);
        next += lines.length;
        if (lines.length > 0) yield { lines, cursor: cursorOf(next) };
        else if (this.#store.state.containers[id]?.state !== 'running') return;
        else await Promise.race([this.#wrote.promise, pause(this.sampleEveryMs, signal)]);
      }
    } finally {
      this.logWatchers -= 1;
    }
  }

  async *watchUsage(
    { container }: { vm: string; container: string | null },
    signal: AbortSignal,
  ): AsyncGenerator<UsageSample, void, undefined> {
    this.usageWatchers += 1;
    try {
      while (!signal.aborted) {
        const seen = [...this.#usages].filter(([id]) => container === null || id === container);
        yield { at: Date.now(), guestMs: performance.now(), containers: Object.fromEntries(seen) };
        await pause(this.sampleEveryMs, signal);
      }
    } finally {
      this.usageWatchers -= 1;
    }
  }

  async files(options: OfContainer & { path: string }): Promise<FileList> {
    await this.#script.play('listFiles');
    const { path } = options;
    const { name, state } = this.#find(options);
    const entries = this.folders.get(path);
    if (state !== 'running') {
      throw new EngineError({
        code: 'wrong_state',
        message: `Container "${name}" does not run, so its folders cannot be listed.`,
        hint: 'Start it, or download a file or a whole folder by its path: that works without it running.',
      });
    }
    if (entries) return { path, entries, omitted: 0 };
    throw new EngineError({
      code: 'unknown_file',
      message: `"${path}" in container "${name}" cannot be listed: no such file or directory.`,
      hint: 'It may have been moved or removed meanwhile; go up a folder.',
    });
  }

  async download(options: OfContainer & { path: string }): Promise<Download> {
    const { path } = options;
    const { name } = this.#find(options);
    await this.#script.carryOut('download', path);
    const content = this.contents.get(path);
    if (!content) {
      throw new EngineError({
        code: 'unknown_file',
        message: `There is no "${path}" in container "${name}".`,
      });
    }
    const id = randomUUID();
    this.#downloads.set(id, content);
    return { id, name: path.split('/').at(-1) ?? name, sizeBytes: content.length };
  }

  attachDownload(id: string, stream: RawStream): void {
    const content = this.#downloads.get(id);
    this.#downloads.delete(id);
    if (!content) throw new EngineError({ code: 'unknown_file', message: `There is no download "${id}".` });
    stream.onMessage(() => undefined);
    stream.send(content);
    stream.send(JSON.stringify({ type: 'end', problem: null }));
    stream.close();
  }

  #change(container: Container, action: ContainerAction): void {
    const now = Date.now();
    const changes: Record<ContainerAction, Partial<Container>> = {
      start: { state: 'running', status: 'Up Less than a second', exitCode: null, startedAt: now },
      restart: { state: 'running', status: 'Up Less than a second', exitCode: null, startedAt: now },
      stop: { state: 'exited', status: 'Exited (0) Less than a second ago', exitCode: 0 },
      kill: { state: 'exited', status: 'Exited (137) Less than a second ago', exitCode: 137 },
      pause: { state: 'paused', status: 'Up 2 hours (Paused)' },
      resume: { state: 'running', status: 'Up 2 hours' },
    };
    const value = { ...container, ...changes[action] };
    this.#store.commit({ in: 'containers', key: container.id, value });
  }

  #rows(): Container[] {
    return Object.values(this.#store.state.containers);
  }

  #find({ container: text }: { container: string }): Container {
    const found = this.#rows().find((row) => row.id === text || row.name === text);
    if (found) return found;
    throw new EngineError({ code: 'unknown_container', message: `There is no container "${text}".` });
  }
}

/** How many lines have been read, in the form of a cursor. */
function cursorOf(index: number): string {
  return `${index}.000000000`;
}

function cursorIndex(cursor: string): number {
  return Number.parseInt(cursor, 10);
}
