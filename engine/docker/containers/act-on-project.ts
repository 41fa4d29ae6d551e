import type { OfProject } from '../../../contract/container-actions.ts';
import type { Container } from '../../../contract/records.ts';
import { EngineError, toEngineError } from '../../base/engine-error.ts';
import { mapConcurrent } from '../../base/map-concurrent.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { actOnContainer } from './act-on-container.ts';

/** Enough to hide round trips and the seconds of a stop; more would crowd a small guest. */
const atOnce = 4;

const doneTo: Record<OfProject['action'], string> = {
  start: 'started',
  stop: 'stopped',
  restart: 'restarted',
};

/**
 * Starts what does not run, or stops or restarts what does, in a Compose project. Every container is tried; throws
 * `docker_failed` naming those which failed. Compose's own order between services is not kept.
 */
export async function actOnProject(
  connection: DockerConnection,
  rows: readonly Container[],
  { vm, project, action }: OfProject,
): Promise<{ containers: number }> {
  const meant = rows.filter(
    (row) => row.vm === vm && row.composeProject === project && concerns(action, row.state),
  );
  const failures = await mapConcurrent(meant, atOnce, async (container) => {
    try {
      await actOnContainer(connection, container, action);
      return [];
    } catch (thrown) {
      return [{ container, error: toEngineError(thrown) }];
    }
  });
  const failed = failures.flat();
  const [first] = failed;
  if (first === undefined) return { containers: meant.length };
  throw new EngineError({
    code: first.error.code,
    message:
      `${failed.length} of ${meant.length} containers of project "${project}" were not ${doneTo[action]}. ` +
      first.error.message,
    hint: first.error.hint,
    details: Object.fromEntries(failed.map(({ container, error }) => [container.name, error.message])),
    cause: first.error,
  });
}

function concerns(action: OfProject['action'], state: Container['state']): boolean {
  const runs = state === 'running' || state === 'restarting' || state === 'paused';
  if (action === 'start') return !runs && state !== 'removing';
  return runs;
}
