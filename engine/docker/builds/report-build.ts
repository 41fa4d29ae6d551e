import { StringDecoder } from 'node:string_decoder';
import type { BuildReport, BuildStep } from '../../../contract/builds.ts';
import { inBatches } from '../../base/in-batches.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { BuildNews, decodeMessage, encodeMessage } from './buildkit-messages.ts';
import { streamFromBuildkit } from './stream-from-buildkit.ts';

const batchIntervalMs = 200;

/** A line that is longer is no line: progress bars come without a line feed. */
const maxLineLength = 4_000;

type Line = BuildReport['lines'][number];

/** The steps and the log of a build: what there is, and what follows while it runs. Throws `unknown_build`. */
export function reportBuild(
  connection: DockerConnection,
  ref: string,
  signal: AbortSignal,
): AsyncGenerator<BuildReport, void, undefined> {
  return streamFromBuildkit(connection, signal, async function* (session, ended) {
    const steps = new Map<string, BuildStep>();
    const log = new BuildLog();
    const status = session.call('Status', encodeMessage('StatusRequest', { Ref: ref }), ended);
    for await (const batch of inBatches(status, batchIntervalMs)) {
      const lines: Line[] = [];
      for (const bytes of batch) {
        const news = decodeMessage('StatusResponse', BuildNews, bytes);
        for (const vertex of news.vertexes) steps.set(vertex.digest, stepFrom(vertex));
        for (const { vertex, stream, msg } of news.logs) lines.push(...log.take(vertex, stream, msg));
      }
      yield { steps: [...steps.values()], lines, ended: false };
    }
    yield { steps: [...steps.values()], lines: log.rest(), ended: true };
  });
}

function stepFrom(vertex: BuildNews['vertexes'][number]): BuildStep {
  const { digest, name, started, completed, error } = vertex;
  return {
    id: digest,
    name,
    state: stateOf(vertex),
    startedAt: started,
    finishedAt: completed,
    error: error === '' ? null : error,
  };
}

function stateOf({ cached, started, completed, error }: BuildNews['vertexes'][number]): BuildStep['state'] {
  if (error !== '') return 'failed';
  if (cached) return 'cached';
  if (completed !== null) return 'done';
  return started === null ? 'waiting' : 'running';
}

/** Lines out of the pieces BuildKit passes on, step by step and stream by stream. */
class BuildLog {
  readonly #open = new Map<string, { step: string; decoder: StringDecoder; text: string }>();

  take(step: string, stream: number, bytes: Uint8Array): Line[] {
    const key = `${stream} ${step}`;
    const open = this.#open.get(key) ?? { step, decoder: new StringDecoder('utf8'), text: '' };
    this.#open.set(key, open);
    const lines = (open.text + open.decoder.write(Buffer.from(bytes))).split('\n');
    const last = lines.pop() ?? '';
    // What overlong text begins with is told; its end may go on.
    open.text = last.length > maxLineLength ? '' : last;
    if (last.length > maxLineLength) lines.push(last);
    return lines.map((text) => ({ step, text: text.replace(/\r$/, '').slice(0, maxLineLength) }));
  }

  /** What ended without a line feed. */
  rest(): Line[] {
    return [...this.#open.values()]
      .filter(({ text }) => text !== '')
      .map(({ step, text }) => ({ step, text }));
  }
}
