import type { WireError } from '../../contract/errors.ts';
import { type EngineClient, toWireError } from '../bridge/engine-client.ts';
import { useEngine } from './engine-store.ts';

/** What became of something asked of the engine. */
export type Outcome<T> = { ok: true; value: T } | { ok: false; error: WireError };

const unreachable: WireError = {
  code: 'engine_unreachable',
  message: 'The engine is not reachable at the moment.',
  hint: 'The page connects again by itself; what you wanted has to be asked for again.',
  details: {},
};

/**
 * Carries out what a person asked for, and answers with the failure where the page shows it beside what was asked.
 * `key` is pending meanwhile; undefined when it already was, since then nothing was asked.
 */
export async function attempt<T>(
  key: string,
  work: (client: EngineClient) => Promise<T>,
): Promise<Outcome<T> | undefined> {
  const { link, pending } = useEngine.getState();
  const client = link?.client;
  if (pending[key]) return undefined;
  if (!client) return { ok: false, error: unreachable };
  useEngine.setState({ pending: { ...pending, [key]: true } });
  try {
    return { ok: true, value: await work(client) };
  } catch (thrown) {
    return { ok: false, error: toWireError(thrown) };
  } finally {
    const { [key]: _done, ...rest } = useEngine.getState().pending;
    useEngine.setState({ pending: rest });
  }
}
