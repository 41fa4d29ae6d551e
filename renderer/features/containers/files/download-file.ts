import type { OfContainer } from '../../../../contract/container-actions.ts';
import { DownloadEnd, downloadPath } from '../../../../contract/container-files.ts';
import type { WireError } from '../../../../contract/errors.ts';
import { toWireError } from '../../../bridge/engine-client.ts';
import type { EngineLink } from '../../../bridge/engine-link.ts';
import { saveFile } from '../../../ui/save-file.ts';

/** Pieces are put together as often: the browser keeps large blobs on disk instead of in memory. */
const blobBytes = 8 * 1024 * 1024;

export interface DownloadOptions extends OfContainer {
  readonly link: EngineLink;
  readonly path: string;
  /** `sizeBytes` null where it is not known beforehand. */
  readonly onProgress: (doneBytes: number, sizeBytes: number | null) => void;
  readonly signal: AbortSignal;
}

/** Fetches a file of a container, or a folder as a tar archive, and has the browser save it. Answers with the failure. */
export async function downloadFile(options: DownloadOptions): Promise<WireError | null> {
  const { link, vm, container, path, onProgress, signal } = options;
  try {
    if (!link.client) throw new Error('it is not reachable at the moment.');
    const { id, name, sizeBytes } = await link.client.container.download({ vm, container, path }, { signal });
    onProgress(0, sizeBytes);
    const stream = await link.openStream(downloadPath(id), signal);
    const stop = (): void => stream.close();
    signal.addEventListener('abort', stop, { once: true });
    let parts: BlobPart[] = [];
    let pendingBytes = 0;
    let doneBytes = 0;
    const problem = await new Promise<WireError | null>((resolve, reject) => {
      stream.onMessage((message) => {
        if (typeof message === 'string') {
          resolve(DownloadEnd.parse(JSON.parse(message)).problem);
          return;
        }
        parts.push(message);
        pendingBytes += message.byteLength;
        doneBytes += message.byteLength;
        if (pendingBytes >= blobBytes) {
          parts = [new Blob(parts)];
          pendingBytes = 0;
        }
        onProgress(doneBytes, sizeBytes);
      });
      stream.onClose(() => reject(new Error('the connection was lost before the file was complete.')));
    });
    signal.removeEventListener('abort', stop);
    if (problem) return problem;
    saveFile(name, parts);
    return null;
  } catch (thrown) {
    return signal.aborted ? null : toWireError(thrown);
  }
}
