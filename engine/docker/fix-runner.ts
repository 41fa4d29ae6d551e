import type Dockerode from 'dockerode';
import type { Arch } from '../../contract/arch.ts';
import type { Log } from '../base/log.ts';
import type { FixRunner } from '../emulation/doctor/ports.ts';
import { copyContainer } from './copy-container.ts';
import { explainDockerError } from './docker-error.ts';

export interface DockerFixRunnerOptions {
  readonly docker: Dockerode;
  readonly pull: (image: string, arch: Arch) => Promise<unknown>;
  readonly log: Log;
}

/** Carries out in one VM's Docker what the doctor's fixes ask for. */
export class DockerFixRunner implements FixRunner {
  readonly #options: DockerFixRunnerOptions;

  constructor(options: DockerFixRunnerOptions) {
    this.#options = options;
  }

  async start(container: string, signal: AbortSignal): Promise<void> {
    try {
      // Docker restarts what has stopped as well.
      await this.#options.docker.getContainer(container).restart({ abortSignal: signal });
    } catch (thrown) {
      throw explainDockerError(thrown, 'The container could not be started again');
    }
  }

  async pull(image: string, arch: Arch): Promise<void> {
    await this.#options.pull(image, arch);
  }

  async runAgain(
    options: Parameters<FixRunner['runAgain']>[0],
  ): Promise<{ id: string; originalName: string }> {
    const { container, changes, data, signal } = options;
    const { docker, log } = this.#options;
    const { arch: otherArch, ...rest } = changes;
    return await copyContainer({
      docker,
      container,
      platform: options.arch === null ? null : `linux/${options.arch}`,
      changes: { ...rest, ...(otherArch !== undefined && { platform: `linux/${otherArch}` }) },
      data,
      log,
      signal,
    });
  }
}
