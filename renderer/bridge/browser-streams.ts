import type { z } from 'zod';
import {
  keyRefusedCode,
  SessionAnswer,
  type StreamHello,
  StreamReady,
  sessionPath,
} from '../../contract/streams.ts';
import { KeyRefused, type Stream, type StreamOpener } from './stream.ts';

/** Per tab, gone with it; readable by pages of this very origin only, which a cookie would not be. */
const keyItem = 'foredeck.key';

/** Streams as WebSockets of the host that served this page, each introduced with the session's key. */
export class BrowserStreams implements StreamOpener {
  #exchange: Promise<string> | undefined;
  #listening = false;

  async open(path: string, signal: AbortSignal): Promise<Stream> {
    this.#listen();
    this.#exchange ??= this.#obtainKey();
    let key: string;
    try {
      key = await this.#exchange;
    } catch (thrown) {
      if (!(thrown instanceof KeyRefused)) this.#exchange = undefined;
      throw thrown;
    }
    return await openSocket(path, key, signal);
  }

  /** A fresh address pasted into this very tab changes the hash only, which loads nothing by itself. */
  #listen(): void {
    if (this.#listening) return;
    this.#listening = true;
    addEventListener('hashchange', () => {
      if (tokenInAddress() !== null) location.reload();
    });
  }

  /** The token in the URL is worth one exchange, so it leaves the address bar at once. */
  async #obtainKey(): Promise<string> {
    const token = tokenInAddress();
    if (token === null) {
      const kept = sessionStorage.getItem(keyItem);
      if (kept === null) throw new KeyRefused('This page was opened without a token.');
      return kept;
    }
    const response = await fetch(sessionPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    history.replaceState(null, '', '#/');
    dispatchEvent(new HashChangeEvent('hashchange'));
    if (!response.ok) throw new KeyRefused('The token of this address has been used or is out of date.');
    const { key } = SessionAnswer.parse(await response.json());
    sessionStorage.setItem(keyItem, key);
    return key;
  }
}

function tokenInAddress(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get('token');
}

function openSocket(path: string, key: string, signal: AbortSignal): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}${path}`);
    socket.binaryType = 'arraybuffer';
    const abort = (): void => {
      socket.close();
      reject(signal.reason);
    };
    const settle = (): void => {
      signal.removeEventListener('abort', abort);
      socket.onopen = null;
      socket.onmessage = null;
      socket.onclose = null;
    };
    signal.addEventListener('abort', abort, { once: true });
    socket.onopen = () => {
      const hello: z.infer<typeof StreamHello> = { type: 'hello', key };
      socket.send(JSON.stringify(hello));
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      settle();
      if (isReady(event.data)) resolve(streamOf(socket));
      else {
        socket.close();
        reject(new Error('The host answered something other than its greeting.'));
      }
    };
    socket.onclose = (event) => {
      settle();
      if (event.code === keyRefusedCode) {
        sessionStorage.removeItem(keyItem);
        reject(new KeyRefused('The key of this page is no longer known.'));
      } else reject(new Error(event.reason || 'The engine is not reachable.'));
    };
  });
}

function isReady(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    return StreamReady.safeParse(JSON.parse(data)).success;
  } catch {
    return false;
  }
}

function streamOf(socket: WebSocket): Stream {
  const early: (ArrayBuffer | string)[] = [];
  socket.onmessage = (event: MessageEvent<ArrayBuffer | string>) => early.push(event.data);
  return {
    send: (message) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(message);
    },
    close: () => socket.close(),
    onMessage: (listener) => {
      for (const message of early.splice(0)) listener(message);
      socket.onmessage = (event: MessageEvent<ArrayBuffer | string>) => listener(event.data);
    },
    onClose: (listener) => {
      if (socket.readyState === WebSocket.CLOSED) listener('');
      else socket.onclose = (event) => listener(event.reason);
    },
  };
}
