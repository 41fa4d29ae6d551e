import { findExecutable, searchPath } from '../base/find-executable.ts';
import type { Log } from '../base/log.ts';
import { SharedWork } from '../base/shared-work.ts';
import { type InstallVirtiofsdOptions, installedVirtiofsd, installVirtiofsd } from './install-virtiofsd.ts';
import { proveVirtiofsd } from './prove-virtiofsd.ts';

/** Where distributions put it, beside PATH: it is no command for people. */
const systemFolders = ['/usr/libexec', '/usr/lib', '/usr/lib/qemu', '/usr/lib/virtiofsd'];

/** The host's virtiofsd: the system's where it does what is needed, else Debian's, unpacked into FOREDECK_HOME. */
export class Virtiofsd {
  readonly #options: InstallVirtiofsdOptions & { readonly log: Log };
  readonly #finding = new SharedWork<readonly string[]>();
  #proved: readonly string[] | undefined;

  constructor(options: InstallVirtiofsdOptions & { readonly log: Log }) {
    this.#options = options;
  }

  /** How it is started. Proved once in an engine's life. Throws as downloads do, or `tool_missing`. */
  async command(signal: AbortSignal): Promise<readonly string[]> {
    if (this.#proved) return this.#proved;
    this.#proved = await this.#finding.run('virtiofsd', signal, (shared) => this.#find(shared));
    return this.#proved;
  }

  async #find(signal: AbortSignal): Promise<readonly string[]> {
    const { arch, log, tools } = this.#options;
    const system = await findExecutable('virtiofsd', [...searchPath(), ...systemFolders]);
    const candidates = [...(system ? [[system]] : []), installedVirtiofsd(tools, arch).command];
    for (const command of candidates) {
      try {
        await proveVirtiofsd(command, signal);
        return command;
      } catch (thrown) {
        signal.throwIfAborted();
        log.info({ command: command[0], err: thrown }, 'not a usable virtiofsd');
      }
    }
    return await installVirtiofsd({ ...this.#options, prove: proveVirtiofsd, signal });
  }
}
