import { isDeepStrictEqual } from 'node:util';
import type { Build } from '../../../contract/builds.ts';
import { inBatches } from '../../base/in-batches.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { buildFrom } from './build-record.ts';
import { decodeMessage, encodeMessage, HistoryEvent, historyEventTypes } from './buildkit-messages.ts';
import { streamFromBuildkit } from './stream-from-buildkit.ts';

/** BuildKit keeps 50; the rest of a longer history nobody scrolls through. */
const shownBuilds = 200;

/** The history comes one record at a time. */
const batchIntervalMs = 200;

/**
 * The builds BuildKit remembers, newest first: now, and whenever one begins, ends or is forgotten, until `signal` aborts.
 */
export function watchBuilds(
  connection: DockerConnection,
  signal: AbortSignal,
): AsyncGenerator<Build[], void, undefined> {
  return streamFromBuildkit(connection, signal, async function* (session, ended) {
    const builds = new Map<string, Build>();
    const listen = (follow: boolean): AsyncGenerator<Buffer> =>
      session.call('ListenBuildHistory', encodeMessage('BuildHistoryRequest', { EarlyExit: !follow }), ended);
    // Ends after what there is, so that an empty history is told as such.
    for await (const bytes of listen(false)) take(builds, bytes);
    let told = shown(builds);
    yield told;
    for await (const batch of inBatches(listen(true), batchIntervalMs)) {
      for (const bytes of batch) take(builds, bytes);
      const now = shown(builds);
      if (isDeepStrictEqual(now, told)) continue;
      told = now;
      yield now;
    }
  });
}

function take(builds: Map<string, Build>, bytes: Uint8Array): void {
  const { type, record } = decodeMessage('BuildHistoryEvent', HistoryEvent, bytes);
  if (!record) return;
  if (type === historyEventTypes.deleted) builds.delete(record.Ref);
  else builds.set(record.Ref, buildFrom(record));
}

function shown(builds: ReadonlyMap<string, Build>): Build[] {
  return [...builds.values()].sort((a, b) => b.startedAt - a.startedAt).slice(0, shownBuilds);
}
