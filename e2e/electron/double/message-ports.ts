import { EventEmitter } from 'node:events';
import type Electron from 'electron';

interface PortEvent {
  readonly data: unknown;
  readonly ports: never[];
}

/** Where messages go that are sent to an end which lives in a page. */
export interface FarEnd {
  deliver(data: unknown): void;
  closed(): void;
}

/** An end of a channel in this process. Delivers nothing before `start`, as Electron's does. */
export class MessagePortMain
  extends EventEmitter
  implements Pick<Electron.MessagePortMain, 'postMessage' | 'start' | 'close'>
{
  #peer: MessagePortMain | undefined;
  #farEnd: FarEnd | undefined;
  readonly #queue: PortEvent[] = [];
  #started = false;
  #closed = false;

  static pair(): [MessagePortMain, MessagePortMain] {
    const first = new MessagePortMain();
    const second = new MessagePortMain();
    first.#peer = second;
    second.#peer = first;
    return [first, second];
  }

  postMessage(message: unknown, transfer: unknown[] = []): void {
    if (transfer.length > 0) throw new Error('electron double: ports inside port messages are not covered');
    if (this.#closed) return;
    const data: unknown = structuredClone(message);
    queueMicrotask(() => this.#peer?.receive(data));
  }

  start(): void {
    if (this.#started) return;
    this.#started = true;
    for (const event of this.#queue.splice(0)) queueMicrotask(() => this.emit('message', event));
  }

  close(): void {
    this.disconnect();
    queueMicrotask(() => this.#peer?.disconnect());
  }

  /** Called by the other end, or by the page which holds it. */
  receive(data: unknown): void {
    if (this.#closed) return;
    if (this.#farEnd) this.#farEnd.deliver(data);
    else if (this.#started) this.emit('message', { data, ports: [] });
    else this.#queue.push({ data, ports: [] });
  }

  /** Hands this end to a page. What it has received so far goes along. */
  transferTo(farEnd: FarEnd): MessagePortMain {
    if (!this.#peer) throw new Error('electron double: this port has no other end');
    this.#farEnd = farEnd;
    for (const { data } of this.#queue.splice(0)) farEnd.deliver(data);
    return this.#peer;
  }

  /** This end is of no more use: closed by either side, or its page is gone. */
  disconnect(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#farEnd?.closed();
    this.emit('close');
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    [this.port1, this.port2] = MessagePortMain.pair();
  }
}
