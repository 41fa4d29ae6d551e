import { EngineError, errnoOf } from './engine-error.ts';

/**
 * What a failed write means to a person: a full disk (or an exhausted quota) becomes `disk_full` naming `what` was
 * being written and `where`; anything else is returned unchanged.
 */
export function explainDiskFull(thrown: unknown, what: string, where: string): unknown {
  const errno = errnoOf(thrown);
  if (errno !== 'ENOSPC' && errno !== 'EDQUOT') return thrown;
  return new EngineError({
    code: 'disk_full',
    message: `Cannot write ${what}: the disk which holds "${where}" is full.`,
    hint: 'Free some space, or set FOREDECK_HOME to a folder on a larger disk, and try again; what was downloaded is kept.',
    details: { path: where, errno },
    cause: thrown,
  });
}
