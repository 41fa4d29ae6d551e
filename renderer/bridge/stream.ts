/** One message stream to the engine, whatever carries it. Text messages are control messages, binary ones bytes. */
export interface Stream {
  send(message: Uint8Array<ArrayBuffer> | string): void;
  close(): void;
  /** Both are set right after opening, once; messages which came before wait. */
  onMessage(listener: (message: ArrayBuffer | string) => void): void;
  onClose(listener: (reason: string) => void): void;
}

/** Opens streams by path (contract/streams.ts). Rejects with KeyRefused when asking again cannot help. */
export interface StreamOpener {
  open(path: string, signal: AbortSignal): Promise<Stream>;
}

/** The engine's host does not know this page (any more): only a fresh URL helps. */
export class KeyRefused extends Error {
  override readonly name = 'KeyRefused';
}
