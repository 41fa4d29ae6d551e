import type { EngineApi } from './api.ts';
import type { Log } from './base/log.ts';
import type { Paths } from './paths.ts';

export interface EngineOptions {
  readonly paths: Paths;
  readonly log: Log;
  /** Folder which holds `vm-templates/` and `resources/`: the clone, or the packaged app's resources. */
  readonly root: string;
  readonly version: string;
}

export interface Engine extends EngineApi {
  /** Adopts VMs which an earlier engine left running, then starts the service VM when the setting says so. */
  start(): Promise<void>;
  /** With `stopVms` false the VMs run on, for the next engine to adopt. */
  close(options: { stopVms: boolean }): Promise<void>;
}

/** The only place which knows concrete classes. Does no work before `start()`. */
export type CreateEngine = (options: EngineOptions) => Promise<Engine>;
