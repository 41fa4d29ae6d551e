import { EngineError } from '../base/engine-error.ts';
import { OnceAtATime } from '../base/once-at-a-time.ts';
import { pathsUnder } from '../paths.ts';
import type { WebSocketRawStream } from '../rpc/raw-stream.ts';
import { type ConnectEngineOptions, connectEngine } from './connect-engine.ts';
import { openRawStream } from './open-socket.ts';

/**
 * Opens streams for others, such as a browser's tabs. Where no engine answers, one is started first, once for all who
 * wait: a page that comes back after the engine has died brings the next one up.
 */
export function engineStreams(
  options: Omit<ConnectEngineOptions, 'startIfNone'>,
): (path: string) => Promise<WebSocketRawStream> {
  const paths = pathsUnder(options.home);
  const starts = new OnceAtATime();
  return async (path) => {
    try {
      return await openRawStream(paths.engineSocket, path);
    } catch {
      await starts.run('start', async () => {
        const client = await connectEngine({ ...options, startIfNone: true });
        await client.close();
      });
    }
    try {
      return await openRawStream(paths.engineSocket, path);
    } catch (thrown) {
      throw new EngineError({
        code: 'engine_unreachable',
        message: `The engine answers but does not open ${path}.`,
        hint: `Its log is ${paths.engineLog}.`,
        cause: thrown,
      });
    }
  };
}
