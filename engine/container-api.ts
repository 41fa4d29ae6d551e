import type { ContainerAction, OfContainer, OfProject, Removal } from '../contract/container-actions.ts';
import type { Download, FileList } from '../contract/container-files.ts';
import type { LogBatch, LogQuery } from '../contract/container-logs.ts';
import type { UsageSample } from '../contract/container-usage.ts';
import type { RawStream } from './api.ts';

/** What can be done with containers, and what can be seen of them; part of EngineApi. */
export interface ContainerApi {
  act(options: OfContainer & { action: ContainerAction }): Promise<void>;
  actOnProject(options: OfProject): Promise<{ containers: number }>;
  removal(options: OfContainer): Promise<Removal>;
  remove(options: OfContainer & { volumes: boolean }): Promise<void>;
  inspect(options: OfContainer): Promise<Record<string, unknown>>;
  watchLogs(options: OfContainer & LogQuery, signal: AbortSignal): AsyncGenerator<LogBatch, void, undefined>;
  /** `container` null: all that run. */
  watchUsage(
    options: { vm: string; container: string | null },
    signal: AbortSignal,
  ): AsyncGenerator<UsageSample, void, undefined>;
  files(options: OfContainer & { path: string }): Promise<FileList>;
  download(options: OfContainer & { path: string }): Promise<Download>;
  /** Speaks the raw protocol of contract/container-files.ts on `stream`. Throws `unknown_file`. */
  attachDownload(id: string, stream: RawStream): void;
}
