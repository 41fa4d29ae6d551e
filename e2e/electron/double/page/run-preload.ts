import type { Wire } from '../wire.ts';
import type { WorldBridge } from './connect-worlds.ts';

/** What main and page tell each other, encoded by wire.ts. */
export type ToPage =
  | { type: 'ipc'; channel: string; values: unknown[]; ports: string[] }
  | { type: 'port-message'; port: string; data: unknown }
  | { type: 'port-closed'; port: string };

export type ToMain =
  | { type: 'ipc'; channel: string; values: unknown[] }
  | { type: 'port-message'; port: string; data: unknown }
  | { type: 'port-closed'; port: string }
  | { type: 'input'; input: 'mouseUp' | 'keyDown' };

/** Names of the two functions through which the isolated world is reached; absent from the page's main world. */
export interface PreloadWorld {
  /** A Chromium binding: text to this process. */
  foredeckDoubleSend(text: string): void;
  /** Text from this process. */
  foredeckDoubleReceive(text: string): void;
}

type PreloadModule = (
  require: (id: string) => unknown,
  module: { exports: unknown },
  exports: unknown,
  process: object,
) => void;

/**
 * Electron's side of a sandboxed preload, in the isolated world it runs in: `require('electron')` and nothing else.
 * Runs as source text at the start of each document.
 */
export function runPreload(
  world: WorldBridge,
  wire: Wire,
  options: { process: object; preload: PreloadModule },
): void {
  const scope = globalThis as unknown as PreloadWorld;
  const listeners = new Map<string, ((event: object, ...values: unknown[]) => void)[]>();
  const ports = new Map<string, MessagePort>();
  const send = (message: ToMain): void => scope.foredeckDoubleSend(wire.encode(message));

  const receivePort = (id: string): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    ports.set(id, port1);
    port1.onmessage = (event) => send({ type: 'port-message', port: id, data: event.data });
    port1.addEventListener('close', () => {
      if (ports.delete(id)) send({ type: 'port-closed', port: id });
    });
    return port2;
  };
  scope.foredeckDoubleReceive = (text) => {
    const message = wire.decode(text) as ToPage;
    if (message.type === 'ipc') {
      const event = { ports: message.ports.map(receivePort) };
      for (const listener of listeners.get(message.channel) ?? []) listener(event, ...message.values);
    } else if (message.type === 'port-message') ports.get(message.port)?.postMessage(message.data);
    else {
      ports.get(message.port)?.close();
      ports.delete(message.port);
    }
  };

  const ipcRenderer = {
    on(channel: string, listener: (event: object, ...values: unknown[]) => void) {
      listeners.set(channel, [...(listeners.get(channel) ?? []), listener]);
      return ipcRenderer;
    },
    once(channel: string, listener: (event: object, ...values: unknown[]) => void) {
      const first = (event: object, ...values: unknown[]): void => {
        const others = (listeners.get(channel) ?? []).filter((other) => other !== first);
        listeners.set(channel, others);
        listener(event, ...values);
      };
      return ipcRenderer.on(channel, first);
    },
    send(channel: string, ...values: unknown[]) {
      send({ type: 'ipc', channel, values });
    },
  };
  const contextBridge = { exposeInMainWorld: world.expose };
  // Chromium's own zoom cannot be reached from a page; CSS's shows what was asked for.
  const webFrame = {
    setZoomFactor(factor: number): void {
      const apply = (): void => document.documentElement.style.setProperty('zoom', String(factor));
      if (document.documentElement) apply();
      else addEventListener('DOMContentLoaded', apply, { once: true });
    },
  };
  const require = (id: string): unknown => {
    if (id === 'electron') return { ipcRenderer, contextBridge, webFrame };
    throw new Error(`module not found: ${id}`);
  };

  for (const [type, input] of [
    ['mouseup', 'mouseUp'],
    ['keydown', 'keyDown'],
  ] as const) {
    addEventListener(type, (event) => event.isTrusted && send({ type: 'input', input }), { capture: true });
  }
  const module = { exports: {} };
  options.preload(require, module, module.exports, options.process);
}
