import type { LensMode, LensReport } from '../../../contract/syscall-lens.ts';
import type { Log } from '../../base/log.ts';
import type { Store } from '../../state/store.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { findContainer } from '../find-container.ts';
import type { SyscallNames } from './lens-tally.ts';
import { readSyscallAdvice, type SyscallAdvice } from './syscall-advice.ts';
import { watchLens } from './watch-lens.ts';

export interface SyscallLensOptions {
  readonly store: Store;
  /** Docker in a VM. Throws `unknown_vm` or `wrong_state` while there is none. */
  readonly connection: (vm: string) => DockerConnection;
  readonly names: SyscallNames;
  /** File of resources/syscall-advice. */
  readonly advice: string;
  readonly log: Log;
}

/** Shows which system calls an emulated container makes, and which of them its emulator lacks. */
export class SyscallLens {
  readonly #options: SyscallLensOptions;
  #advice: Promise<SyscallAdvice> | undefined;

  constructor(options: SyscallLensOptions) {
    this.#options = options;
  }

  /** `container` is an id, its beginning, or a name. Throws `unknown_container`, and `wrong_state` as `watchLens`. */
  async *watch(
    options: { vm: string; container: string; mode: LensMode; seconds: number },
    signal: AbortSignal,
  ): AsyncGenerator<LensReport, void, undefined> {
    const { store, connection, names, log } = this.#options;
    const { vm, mode, seconds } = options;
    const docker = connection(vm);
    this.#advice ??= readSyscallAdvice(this.#options.advice);
    yield* watchLens({
      connection: docker,
      container: findContainer(store.state.containers, options),
      handlers: store.state.handlers,
      mode,
      seconds,
      names,
      advice: await this.#advice,
      log,
      signal,
    });
  }
}
