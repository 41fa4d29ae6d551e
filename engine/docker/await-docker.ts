import { request } from 'node:http';
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
          const version = await pingedVersion(socketPath, either);
          return { docker, version: version ?? (await orAborted(docker.version(), either)).Version };
        } catch (thrown) {
          either.throwIfAborted();
          if (thrown instanceof Error) lastProblem = thrown.message;
          await sleep(retryIntervalMs, either);
        }
      }
    },
  );
}

/**
 * Docker's version as the `Server` header of its answer to a ping names it ("Docker/26.1.5 (linux)", moby's
 * `VersionMiddleware`); null when it does not. `GET /version` asks four programs for theirs, which takes an emulated
 * guest that was just resumed half a second. Rejects while Docker does not answer.
 */
async function pingedVersion(socketPath: string, signal: AbortSignal): Promise<string | null> {
  const { promise, resolve, reject } = Promise.withResolvers<string | null>();
  const asked = request({ socketPath, path: '/_ping', agent: false, signal }, (response) => {
    response.resume();
    const version = /^Docker\/(\S+)/.exec(String(response.headers.server))?.[1] ?? null;
    if (response.statusCode === 200) response.once('end', () => resolve(version));
    else reject(new Error(`it answered with status ${response.statusCode}`));
  });
  asked.once('error', reject).end();
  return await promise;
}
