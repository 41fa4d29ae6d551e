import type Dockerode from 'dockerode';
import type { ContainerAction } from '../../../contract/container-actions.ts';
import type { Container } from '../../../contract/records.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerStatusOf, explainDockerError } from '../docker-error.ts';

/** How each action is called in Docker's API, and in a sentence about its failure. */
const calls: Record<
  ContainerAction,
  { run: (container: Dockerode.Container, abortSignal: AbortSignal) => Promise<unknown>; failed: string }
> = {
  start: { run: (container, abortSignal) => container.start({ abortSignal }), failed: 'was not started' },
  stop: { run: (container, abortSignal) => container.stop({ abortSignal }), failed: 'was not stopped' },
  restart: {
    run: (container, abortSignal) => container.restart({ abortSignal }),
    failed: 'was not restarted',
  },
  kill: { run: (container, abortSignal) => container.kill({ abortSignal }), failed: 'was not killed' },
  pause: { run: (container, abortSignal) => container.pause({ abortSignal }), failed: 'was not paused' },
  resume: { run: (container, abortSignal) => container.unpause({ abortSignal }), failed: 'was not resumed' },
};

/** dockerd's answer when there is nothing to do: it is started or stopped already. */
const notModified = 304;

/**
 * Resolves when Docker has done it; stopping takes as long as the container's stop timeout at most, then Docker kills
 * it. Throws `docker_failed` in Docker's words, or `docker_unreachable`.
 */
export async function actOnContainer(
  { docker, signal }: DockerConnection,
  { id, name }: Pick<Container, 'id' | 'name'>,
  action: ContainerAction,
): Promise<void> {
  const { run, failed } = calls[action];
  try {
    await run(docker.getContainer(id), signal);
  } catch (thrown) {
    if (dockerStatusOf(thrown) === notModified) return;
    throw explainDockerError(thrown, `Container "${name}" ${failed}`, { hint: hintFor(thrown, action) });
  }
}

function hintFor(thrown: unknown, action: ContainerAction): string {
  const words = thrown instanceof Error ? thrown.message : '';
  if (/paused/.test(words) && action !== 'resume') return 'Resume it first.';
  if (/port is already allocated|address already in use/.test(words)) {
    return 'Stop what uses the port, or run the image again with another one.';
  }
  if (/exec format error|no such file or directory/.test(words)) {
    return 'Its page says what the doctor makes of it.';
  }
  if (/is not running/.test(words)) return 'It has ended meanwhile; its log may say why.';
  return 'Its log and the VM’s console may say more.';
}
