import type { VmPaths } from '../paths.ts';
import type { VmRecord } from './ports.ts';

/** Serves the host's shared folders to the guest of one QEMU: the other end of a vhost-user device. */
export interface FolderServer {
  /** Where QEMU connects to, once; the server ends with that connection. */
  readonly socketPath: string;
  /** Ends it, be anybody connected or not. Never rejects. */
  end(): Promise<void>;
}

export interface FolderServers {
  /**
   * A server for a QEMU that is about to be started, in the place of any which this VM had. `required`: a saved memory
   * has the device, so it throws `share_failed` where none can be had. Otherwise null then, which the shares tell, and
   * where nothing is shared.
   */
  start(options: {
    vm: VmRecord;
    paths: VmPaths;
    required: boolean;
    signal: AbortSignal;
  }): Promise<FolderServer | null>;
}
