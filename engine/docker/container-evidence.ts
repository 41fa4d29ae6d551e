import type Dockerode from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { EngineError } from '../base/engine-error.ts';
import { withDeadline } from '../base/time.ts';
import type { ContainerEvidence, ContainerFacts } from '../emulation/doctor/ports.ts';
import { dockerStatusOf, explainDockerError } from './docker-error.ts';
import { logText } from './log-text.ts';

/** As many as a person would read, and more than any message that tells why a program ended. */
const maxLines = 200;

const maxLogBytes = 64 * 1024;

/** Docker sends whole entries of up to 16 kB; beyond this the rest is left unread. */
const maxReadBytes = 2 * 1024 * 1024;

/** A log of 200 lines comes at once; a log driver that hangs must not hold up the verdict. */
const logTimeoutMs = 10_000;

/** What Docker's API says about a VM's containers that failed. Source: Docker Engine API 1.45. */
export class DockerEvidence implements ContainerEvidence {
  readonly #docker: Dockerode;

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  async facts(container: string, signal: AbortSignal): Promise<ContainerFacts> {
    try {
      return factsOf(await this.#docker.getContainer(container).inspect({ abortSignal: signal }));
    } catch (thrown) {
      if (dockerStatusOf(thrown) !== 404) throw explainDockerError(thrown, `Container "${container}"`);
      throw new EngineError({ code: 'unknown_container', message: `There is no container "${container}".` });
    }
  }

  async lastLines(container: string, signal: AbortSignal): Promise<string[]> {
    const log = await this.#log(container, { tail: maxLines, timestamps: false }, signal);
    return log
      .subarray(-maxLogBytes)
      .toString('utf8')
      .split('\n')
      .map(withoutControls)
      .filter((line) => line !== '')
      .slice(-maxLines);
  }

  async lastOutputAt(container: string, signal: AbortSignal): Promise<number | null> {
    const log = await this.#log(container, { tail: 1, timestamps: true }, signal);
    const at = Date.parse(log.toString('utf8').split(' ', 1)[0] ?? '');
    return Number.isNaN(at) ? null : at;
  }

  /** Empty where the container's log driver keeps nothing that can be read. */
  async #log(
    container: string,
    options: { tail: number; timestamps: boolean },
    signal: AbortSignal,
  ): Promise<Buffer> {
    return await withDeadline(
      {
        timeoutMs: logTimeoutMs,
        signal,
        onTimeout: () => ({
          code: 'docker_failed',
          message: `The log of container "${container}" did not come within ${logTimeoutMs / 1_000} s.`,
        }),
      },
      async (either) => {
        try {
          const stream = await this.#docker.getContainer(container).logs({
            ...options,
            stdout: true,
            stderr: true,
            follow: true,
            // Ends at once also for a container that runs.
            until: Math.ceil(Date.now() / 1_000) - 1,
            abortSignal: either,
          });
          return await logText(stream, maxReadBytes);
        } catch (thrown) {
          if (dockerStatusOf(thrown) === 501) return Buffer.alloc(0);
          throw explainDockerError(thrown, `The log of container "${container}"`);
        }
      },
    );
  }
}
