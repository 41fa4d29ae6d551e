import { streamMessageType, type WindowBridge } from '../../contract/streams.ts';
import type { Stream, StreamOpener } from './stream.ts';

/** Main opens a socket to a local engine: what takes longer than this will not come. */
const openTimeoutMs = 10_000;

/** Streams of an Electron window: ports which the preload hands over as window messages. */
export class WindowStreams implements StreamOpener {
  readonly #bridge: WindowBridge;
  /** Who waits for a port, by path, first come first served. */
  readonly #waiting = new Map<string, ((port: MessagePort) => void)[]>();
  #listening = false;

  constructor(bridge: WindowBridge) {
    this.#bridge = bridge;
  }

  open(path: string, signal: AbortSignal): Promise<Stream> {
    this.#listen();
    return new Promise((resolve, reject) => {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(openTimeoutMs)]);
      const queue = this.#waiting.get(path) ?? [];
      this.#waiting.set(path, queue);
      const take = (port: MessagePort): void => {
        deadline.removeEventListener('abort', giveUp);
        resolve(streamOf(port));
      };
      const giveUp = (): void => {
        const place = queue.indexOf(take);
        // A port that comes late is still this caller's: it must be closed, not given to the next one.
        if (place >= 0) queue[place] = (port) => port.close();
        reject(signal.aborted ? signal.reason : new Error('The engine is not reachable.'));
      };
      deadline.addEventListener('abort', giveUp, { once: true });
      queue.push(take);
      this.#bridge.openStream(path);
    });
  }

  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    addEventListener('message', (event: MessageEvent<unknown>) => {
      if (event.source !== window || !isStreamMessage(event.data)) return;
      const port = event.ports[0];
      if (port) (this.#waiting.get(event.data.path)?.shift() ?? closePort)(port);
    });
  }
}

function closePort(port: MessagePort): void {
  port.close();
}

function isStreamMessage(data: unknown): data is { type: string; path: string } {
  return (
    typeof data === 'object' &&
    data !== null &&
    'type' in data &&
    data.type === streamMessageType &&
    'path' in data &&
    typeof data.path === 'string'
  );
}

function streamOf(port: MessagePort): Stream {
  return {
    send: (message) => port.postMessage(message),
    close: () => port.close(),
    onMessage: (listener) => {
      port.addEventListener('message', (event: MessageEvent<unknown>) => {
        const { data } = event;
        if (typeof data === 'string' || data instanceof ArrayBuffer) listener(data);
        else if (data instanceof Uint8Array) listener(new Uint8Array(data).buffer);
      });
      port.start();
    },
    onClose: (listener) => port.addEventListener('close', () => listener('')),
  };
}
