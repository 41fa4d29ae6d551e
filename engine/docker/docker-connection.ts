import type Dockerode from 'dockerode';
import type { GuestLink, VmRecord } from '../vm/ports.ts';
import type { ImageWatcher } from './images/image-watcher.ts';
import type { ObjectWatcher } from './objects/object-watcher.ts';

/** Docker in a VM, for as long as it is connected. */
export interface DockerConnection {
  readonly vm: VmRecord;
  readonly docker: Dockerode;
  readonly link: GuestLink;
  readonly images: ImageWatcher;
  readonly objects: ObjectWatcher;
  /** Aborts when the VM is no longer connected. */
  readonly signal: AbortSignal;
}
