import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { DockerCli } from '../../contract/records.ts';
import { SharedWork } from '../base/shared-work.ts';
import type { Store } from '../state/store.ts';
import { type InstallOptions, installDockerCli, installedCli } from './install-docker-cli.ts';

/** Far more than printing a version takes, even under load. */
const versionTimeoutMs = 10_000;

export interface DockerCliFinderOptions extends Omit<InstallOptions, 'signal'> {
  readonly store: Store;
  readonly platform: NodeJS.Platform;
  /** Searched before our own copy: what the person installed comes first. */
  readonly searchPath: string;
}

/** The host's Docker CLI: finds it, and on Linux can unpack Debian's. What it finds is told in the state. */
export class DockerCliFinder {
  readonly #options: DockerCliFinderOptions;
  readonly #installing = new SharedWork<DockerCli>();

  constructor(options: DockerCliFinderOptions) {
    this.#options = options;
  }

  /** Looks at the disk, every time: people install things while we run. */
  async find(): Promise<DockerCli> {
    const found = await this.#look();
    this.#tell(found);
    return found;
  }

  /** Where it is; null when there is none. */
  async path(): Promise<string | null> {
    return (await this.#program())?.path ?? null;
  }

  /** Unpacks Debian's docker-cli, docker-buildx and docker-compose into FOREDECK_HOME and proves that they run. */
  install(signal: AbortSignal): Promise<DockerCli> {
    return this.#installing.run('docker-cli', signal, async (untilLastHasGone) => {
      this.#tell({ ...(await this.#look()), state: 'installing' });
      try {
        await installDockerCli({ ...this.#options, signal: untilLastHasGone });
      } catch (thrown) {
        await this.find();
        throw thrown;
      }
      return await this.find();
    });
  }

  async #look(): Promise<DockerCli> {
    const { tools, platform } = this.#options;
    const installable = platform === 'linux';
    const program = await this.#program();
    if (!program) {
      const nothing = { path: null, version: null, compose: null };
      return { state: 'missing', ...nothing, installable, hint: missingHint(platform) };
    }
    const state = program.path === installedCli(tools).docker ? 'installed' : 'found';
    const compose = await composeVersionOf(program.path);
    return { state, ...program, compose, installable, hint: compose === null ? composeHint(platform) : '' };
  }

  async #program(): Promise<{ path: string; version: string } | undefined> {
    const { tools, searchPath } = this.#options;
    const onPath = searchPath.split(delimiter).map((folder) => join(folder, 'docker'));
    for (const path of [...onPath, installedCli(tools).docker]) {
      const version = await versionOf(path);
      if (version !== null) return { path, version };
    }
    return undefined;
  }

  #tell(dockerCli: DockerCli): void {
    const { store } = this.#options;
    store.commit({ in: 'host', value: { ...store.state.host, dockerCli } });
  }
}

/** Null when there is no such program, or it is not Docker's own: podman installs a `docker` too. */
async function versionOf(path: string): Promise<string | null> {
  try {
    await access(path, constants.X_OK);
  } catch {
    return null;
  }
  const said = await output(path, ['--version']);
  return /^Docker version (?<version>[^\s,]+)/.exec(said)?.groups?.version ?? null;
}

/** Null when the CLI has no such plugin. */
async function composeVersionOf(docker: string): Promise<string | null> {
  const said = await output(docker, ['compose', 'version', '--short']);
  return /^v?(?<version>\d[^\s]*)$/.exec(said)?.groups?.version ?? null;
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const { stdout } = await execa(program, args, {
    reject: false,
    timeout: versionTimeoutMs,
    stdin: 'ignore',
  });
  return stdout;
}

function missingHint(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Install it with `brew install docker docker-buildx docker-compose`.';
  return "Let Foredeck unpack Debian's signed docker-cli into its home, or install your distribution's package (docker-cli on Debian 13 and later).";
}

function composeHint(platform: NodeJS.Platform): string {
  if (platform === 'darwin') return 'Install it with `brew install docker-compose`.';
  return "Let Foredeck unpack Debian's signed docker-compose into its home, or install your distribution's package.";
}
