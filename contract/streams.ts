import { z } from 'zod';

/**
 * Every transport carries the same kinds of stream, named by path: `rpcPath` (procedures, oRPC), and the raw streams of
 * terminal.ts and container-files.ts. The engine serves them as WebSockets on its Unix socket; browser mode and
 * Electron's main relay them, message for message, without reading them.
 */
export const rpcPath = '/rpc';

/** The only paths that browser mode passes on. */
export const StreamPath = z.string().regex(/^\/(?:rpc|(?:terminal|exec|download)\/[0-9a-f-]{36})$/);

/** What the engine's socket and the windows on this computer have besides: shells of the host (terminal.ts). */
export const LocalStreamPath = z.union([
  StreamPath,
  z.string().regex(/^\/host-shell\/[0-9a-f-]{36}(?:\/\d{1,3}x\d{1,3})?$/),
]);

/**
 * Browser mode. `foredeck serve` prints `http://127.0.0.1:PORT/#token=…`; the page sends the token once to
 * `sessionPath` (POST, JSON `SessionRequest`) and gets a key which it keeps in sessionStorage. Each WebSocket's first
 * message is `StreamHello`; the server answers `StreamReady` and from then on relays. No cookies: they ignore ports,
 * and containers' pages live on loopback too.
 */
export const sessionPath = '/session';
export const SessionRequest = z.object({ token: z.string() });
export const SessionAnswer = z.object({ key: z.string() });
export const StreamHello = z.object({ type: z.literal('hello'), key: z.string() });
export const StreamReady = z.object({ type: z.literal('ready') });
/** WebSocket close code when the key is refused: the page asks for a fresh URL. */
export const keyRefusedCode = 4401;

export { streamMessageType, type WindowBridge } from './window-bridge.ts';
