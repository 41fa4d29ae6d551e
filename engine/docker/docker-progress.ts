import { z } from 'zod';
import { EngineError } from '../base/engine-error.ts';
import { jsonLines } from './json-lines.ts';

/** One line of the answer to a pull, an import or a load. Source: Docker Engine API 1.45, `CreateImageInfo`. */
const Progress = z.object({
  status: z.string().optional(),
  id: z.string().optional(),
  progressDetail: z
    .object({ current: z.number().nonnegative().optional(), total: z.number().nonnegative().optional() })
    .optional(),
  error: z.string().optional(),
});

/** Layers an image may tell of; more are read over. */
const maxLayers = 1_000;

/**
 * Reads the answer to its end. `onStatus` gets Docker's words, `onProgress` the bytes of every layer together. Throws
 * `docker_failed` with the error Docker put at the end: the request itself succeeds whatever happens.
 */
export async function readDockerProgress(
  stream: AsyncIterable<Buffer | string>,
  listeners: {
    onStatus: (words: string) => void;
    onProgress: (doneBytes: number, totalBytes: number) => void;
  },
): Promise<{ lastStatus: string }> {
  const layers = new Map<string, { current: number; total: number }>();
  let lastStatus = '';
  for await (const value of jsonLines(stream)) {
    const line = Progress.safeParse(value).data;
    if (!line) continue;
    if (line.error !== undefined) throw new EngineError({ code: 'docker_failed', message: line.error });
    const { id, progressDetail: detail, status } = line;
    if (id !== undefined && detail?.total && status === 'Downloading') {
      if (layers.size < maxLayers) layers.set(id, { current: detail.current ?? 0, total: detail.total });
      const parts = [...layers.values()];
      listeners.onProgress(
        parts.reduce((sum, part) => sum + part.current, 0),
        parts.reduce((sum, part) => sum + part.total, 0),
      );
    } else if (id !== undefined && status === 'Download complete') {
      const layer = layers.get(id);
      if (layer) layer.current = layer.total;
    } else if (status !== undefined && status !== lastStatus && id === undefined) {
      listeners.onStatus(status);
    }
    lastStatus = status ?? lastStatus;
  }
  return { lastStatus };
}
