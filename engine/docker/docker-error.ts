import type { ErrorCode } from '../../contract/errors.ts';
import { EngineError, isAbort } from '../base/engine-error.ts';
import { refusedMount } from './refused-mount.ts';

/** HTTP status of a refusal by dockerd, or undefined for any other failure. */
export function dockerStatusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

/** Docker's own words, without dockerode's "(HTTP code 409) conflict - " in front. */
export function dockerMessageOf(thrown: unknown): string {
  if (thrown instanceof Error && 'json' in thrown) {
    const { json } = thrown;
    if (typeof json === 'object' && json !== null && 'message' in json) return String(json.message).trim();
  }
  // Where a stream was asked for, dockerode has the words in its message only.
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return message.replace(/^\(HTTP code \d+\) [a-z ]+ - /, '').trim();
}

/**
 * A refusal by dockerd as an EngineError in Docker's words: `docker_failed`, or `code`; `not_shared` where a folder of the
 * host is not shared. No status means that nobody answered: `docker_unreachable`. EngineErrors and aborts are returned as they are.
 */
export function explainDockerError(
  thrown: unknown,
  what: string,
  options: { code?: ErrorCode; hint?: string } = {},
): unknown {
  if (thrown instanceof EngineError || isAbort(thrown)) return thrown;
  const refused = refusedMount(dockerMessageOf(thrown));
  if (refused) return new EngineError({ ...refused, message: `${what}: ${refused.message}`, cause: thrown });
  const answered = dockerStatusOf(thrown) !== undefined;
  return new EngineError({
    code: answered ? (options.code ?? 'docker_failed') : 'docker_unreachable',
    message: `${what}: ${dockerMessageOf(thrown).replace(/\.$/, '')}.`,
    hint: answered ? (options.hint ?? '') : 'See whether the VM runs; its console shows what dockerd said.',
    cause: thrown,
  });
}
