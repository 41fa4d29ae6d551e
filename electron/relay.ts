import type { MessagePortMain, WebContents } from 'electron';
import type { WebSocketRawStream } from '../engine/rpc/raw-stream.ts';
import type { FlowMarks } from './flow-marks.ts';

/** Sent to the page without its having come round: bounds what a blocked page heaps up, seldom met by one that lives. */
const unconfirmedLimitBytes = 1024 * 1024;

/**
 * What the engine may leave unread of a page's messages. A port cannot be told to wait, so beyond this the stream is
 * closed, as the engine does with readers that fall behind; the page opens another.
 */
const unreadLimitBytes = 16 * 1024 * 1024;

export interface RelayOptions {
  readonly port: MessagePortMain;
  readonly page: WebContents;
  readonly marks: FlowMarks;
  readonly open: () => Promise<WebSocketRawStream>;
}

/**
 * Joins a page's port to a stream of the engine, message for message and unread: oRPC frames its messages alike on
 * ports and on WebSockets (both ends call `encodeRequestMessage`/`decodeRequestMessage` of
 * @orpc/standard-server-peer), text stays a string and bytes stay bytes. Either end's close closes the other; a stream
 * that cannot be opened closes the port. Rejects only with what `open` rejects with.
 */
export async function relay({ port, page, marks, open }: RelayOptions): Promise<void> {
  const closed = new AbortController();
  port.once('close', () => closed.abort());
  let stream: WebSocketRawStream;
  try {
    // What the page sends meanwhile is queued: a port delivers nothing before `start`.
    stream = await open();
  } catch (thrown) {
    port.close();
    throw thrown;
  }
  // Its last messages may still wait for the page: a terminal's exit code comes at the very end.
  stream.onClose(() => void stream.delivered().then(() => port.close()));
  if (closed.signal.aborted) {
    stream.close();
    return;
  }
  closed.signal.addEventListener('abort', () => stream.close(), { once: true });

  let unconfirmedBytes = 0;
  stream.onMessage((message) => {
    // A copy: cloning a view of Node's buffer pool would clone the whole pool.
    port.postMessage(typeof message === 'string' ? message : new Uint8Array(message));
    unconfirmedBytes += message.length;
    if (unconfirmedBytes < unconfirmedLimitBytes) return;
    unconfirmedBytes = 0;
    return marks.passed(page, closed.signal);
  });
  port.on('message', ({ data }) => {
    if (stream.bufferedBytes > unreadLimitBytes) port.close();
    else if (typeof data === 'string' || data instanceof Uint8Array) stream.send(data);
    else if (data instanceof ArrayBuffer) stream.send(new Uint8Array(data));
  });
  port.start();
}
