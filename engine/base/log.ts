import { type Logger, pino } from 'pino';

export type Log = Logger;

/** JSON lines, appended to `path` (0600), or to standard error when there is no path. */
export function createLog(options: { path?: string; level?: string } = {}): Log {
  const level = options.level ?? process.env.FOREDECK_LOG ?? 'info';
  const destination =
    options.path === undefined
      ? pino.destination({ dest: 2, sync: true })
      : pino.destination({ dest: options.path, append: true, mkdir: true, sync: true, mode: 0o600 });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}

/** For units which take a log and tests which do not read it. */
export const silentLog: Log = pino({ level: 'silent' });
