import { Scope } from '../../base/scope.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { GrpcSession } from './grpc-session.ts';

/** What a reading yields from BuildKit; `ended` aborts when nobody reads any more or Docker goes away. */
export type BuildkitReading<T> = (
  session: GrpcSession,
  ended: AbortSignal,
) => AsyncGenerator<T, void, undefined>;

/**
 * What `read` yields over a session of its own, which is gone when the reading ends. Ends quietly when `signal` aborts;
 * throws what `read` throws, `docker_failed` and `docker_unreachable`.
 */
export async function* streamFromBuildkit<T>(
  { docker, signal: connected }: DockerConnection,
  signal: AbortSignal,
  read: BuildkitReading<T>,
): AsyncGenerator<T, void, undefined> {
  const scope = new Scope('BuildKit');
  const ended = AbortSignal.any([signal, connected]);
  const close = (): void => void scope.close();
  ended.addEventListener('abort', close, { once: true });
  try {
    ended.throwIfAborted();
    yield* read(await GrpcSession.open(docker, scope), ended);
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  } finally {
    ended.removeEventListener('abort', close);
    await scope.close();
  }
}
