import { homedir } from 'node:os';
import { delimiter, dirname } from 'node:path';
import type { TerminalServerMessage, TerminalSize } from '../../contract/terminal.ts';
import type { RawStream } from '../api.ts';
import { toEngineError } from '../base/engine-error.ts';
import { serviceVmName } from '../paths.ts';
import { openHostPty } from './host-pty.ts';
import { Terminals } from './terminals.ts';

export interface HostShellsOptions {
  /** What DOCKER_HOST is set to. */
  readonly dockerSocket: string;
  /** The Docker CLI of this computer; null when there is none. */
  readonly dockerCli: () => Promise<string | null>;
  readonly environment?: NodeJS.ProcessEnv;
}

/** How this process was started, which is nobody else's business. */
const ownVariables = /^(?:ELECTRON_|FOREDECK_(?:ROOT|VERSION)$|NODE_OPTIONS$|NODE_CHANNEL_FD$)/;

/**
 * Shells of the host, for local windows only: what reaches them is decided by who relays their path
 * (contract/terminal.ts). Unlike the other terminals they are in no list, and are known by the id their client made up.
 */
export class HostShells {
  readonly #options: HostShellsOptions;
  readonly #terminals: Terminals;

  constructor(options: HostShellsOptions) {
    this.#options = options;
    this.#terminals = new Terminals({ start: (size) => this.#start(size) });
  }

  /** Starts the shell when there is a size and no shell yet. An `exit` message tells why it cannot be had. */
  attach(id: string, size: TerminalSize | null, stream: RawStream): void {
    this.#attach(id, size, stream).catch((thrown) => {
      const message: TerminalServerMessage = {
        type: 'exit',
        code: null,
        reason: toEngineError(thrown).message,
      };
      stream.send(JSON.stringify(message));
      stream.close();
    });
  }

  closeAll(): void {
    this.#terminals.closeAll();
  }

  async #attach(id: string, size: TerminalSize | null, stream: RawStream): Promise<void> {
    if (size !== null && !this.#terminals.has(id)) {
      await this.#terminals.open({ vm: serviceVmName, container: null, argv: null, ...size }, id);
    }
    this.#terminals.attach(id, stream);
  }

  async #start({ cols, rows }: TerminalSize) {
    const { environment = process.env } = this.#options;
    const own = Object.entries(environment).filter(([name]) => !ownVariables.test(name));
    const env: NodeJS.ProcessEnv = {
      ...Object.fromEntries(own),
      DOCKER_HOST: `unix://${this.#options.dockerSocket}`,
      COLORTERM: 'truecolor',
    };
    // A context chosen in the CLI's configuration gives way to DOCKER_HOST; one in the environment wins over it.
    delete env.DOCKER_CONTEXT;
    // Desktops start programs without one, and then a shell takes no letter beyond ASCII.
    if (!env.LC_ALL && !env.LC_CTYPE && !env.LANG) env.LANG = 'C.UTF-8';
    const cli = await this.#options.dockerCli();
    const folders = (env.PATH ?? '').split(delimiter);
    if (cli !== null && !folders.includes(dirname(cli))) {
      env.PATH = [...folders, dirname(cli)].filter((folder) => folder !== '').join(delimiter);
    }
    return await openHostPty({
      file: env.SHELL ?? '/bin/sh',
      // As each system's own terminal does: on macOS a login shell makes the PATH, on Linux the session has.
      args: process.platform === 'darwin' ? ['-l'] : [],
      env,
      cwd: homedir(),
      cols,
      rows,
    });
  }
}
