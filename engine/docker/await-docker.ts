import Dockerode from 'dockerode';
import { orAborted, sleep, withDeadline } from '../base/time.ts';

/** dockerd needs most of a boot on an emulated CPU, and longer on a data disk with many containers. */
const readyTimeoutMs = 180_000;

/** Short against the seconds a start takes; each try costs one small request. */
const retryIntervalMs = 250;

/** Resolves as soon as Docker answers on the host's socket. Throws `docker_unreachable` when it does not. */
export async function awaitDocker(options: {
  socketPath: string;
  signal: AbortSignal;
  timeoutMs?: number;
}): Promise<{ docker: Dockerode; version: string }> {
  const { socketPath, signal, timeoutMs = readyTimeoutMs } = options;
  const docker = new Dockerode({ socketPath });
  let lastProblem = 'it never answered';
  return await withDeadline(
    {
      timeoutMs,
      signal,
      onTimeout: () => ({
        code: 'docker_unreachable',
        message: `Docker in the VM did not answer on ${socketPath} within ${timeoutMs / 1_000} s: ${lastProblem}.`,
        hint: 'The VM console shows what dockerd said. Restart the VM.',
      }),
    },
    async (either) => {
      for (;;) {
        try {
          await orAborted(docker.ping(), either);
          const { Version: version } = await orAborted(docker.version(), either);
          return { docker, version };
        } catch (thrown) {
          either.throwIfAborted();
          if (thrown instanceof Error) lastProblem = thrown.message;
          await sleep(retryIntervalMs, either);
        }
      }
    },
  );
}
