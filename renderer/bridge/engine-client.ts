import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { WireError } from '../../contract/errors.ts';
import type { contract } from '../../contract/procedures.ts';
import type { Stream } from './stream.ts';

export type EngineClient = ContractRouterClient<typeof contract>;

/** The engine's procedures over a stream opened at `rpcPath`. Pending calls reject when the stream closes. */
export function createEngineClient(stream: Stream): EngineClient {
  return createORPCClient(new RPCLink({ websocket: new StreamSocket(stream) }));
}

/** What a call threw, as the error every screen can show. */
export function toWireError(thrown: unknown): WireError {
  if (thrown instanceof ORPCError) {
    const wire = WireError.safeParse(thrown.data);
    if (wire.success) return wire.data;
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'engine_unreachable',
    message: `The engine did not answer: ${message}`,
    hint: 'It is asked again by itself; what you wanted has to be asked for again.',
    details: {},
  };
}

/** A stream in the shape oRPC's link takes: the part of a WebSocket that it uses. */
class StreamSocket extends EventTarget {
  readonly #stream: Stream;
  readyState: WebSocket['readyState'] = WebSocket.OPEN;

  constructor(stream: Stream) {
    super();
    this.#stream = stream;
    stream.onMessage((data) => this.dispatchEvent(new MessageEvent('message', { data })));
    stream.onClose(() => {
      this.readyState = WebSocket.CLOSED;
      this.dispatchEvent(new CloseEvent('close'));
    });
  }

  send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
    if (typeof data === 'string') this.#stream.send(data);
    else if (data instanceof ArrayBuffer) this.#stream.send(new Uint8Array(data));
    else if (ArrayBuffer.isView(data)) this.#stream.send(copyOf(data));
    else throw new TypeError('Procedures send text and bytes only.');
  }
}

function copyOf(view: ArrayBufferView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
}
