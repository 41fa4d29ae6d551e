import { pino } from 'pino';
import type { Log } from '../base/log.ts';

/** A log which hands each message to `onMessage` before the work that logged it goes on. */
export function callingLog(onMessage: (message: string) => void): Log {
  return pino({ base: null }, { write: (line: string) => onMessage(JSON.parse(line).msg) });
}
