import { z } from 'zod';

/**
 * A terminal's bytes do not travel as procedures: each terminal has a raw stream of its own (a WebSocket at
 * `terminalPath(id)`, or a MessagePort). Binary messages are terminal bytes, either way. Text messages are control
 * messages as JSON, `TerminalClientMessage` upwards and `TerminalServerMessage` downwards. On attaching, the server
 * first sends one binary message which repaints the screen as it stands.
 */
export function terminalPath(id: string): string {
  return `/terminal/${id}`;
}

export const TerminalSize = z.object({
  cols: z.number().int().min(2).max(500),
  rows: z.number().int().min(2).max(300),
});
export type TerminalSize = z.infer<typeof TerminalSize>;

export const TerminalClientMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('resize'), ...TerminalSize.shape }),
  /** Ends the program, for shells of the host, which no procedure knows. */
  z.object({ type: z.literal('close') }),
]);
export type TerminalClientMessage = z.infer<typeof TerminalClientMessage>;

export const TerminalServerMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('attached'), replayed: z.boolean() }),
  z.object({ type: z.literal('exit'), code: z.number().int().nullable(), reason: z.string() }),
]);
export type TerminalServerMessage = z.infer<typeof TerminalServerMessage>;

export const Terminal = z.object({
  id: z.string(),
  vm: z.string(),
  /** The container it runs in; null: in the VM itself. */
  container: z.string().nullable(),
  title: z.string(),
  createdAt: z.number(),
  exited: z.boolean(),
});
export type Terminal = z.infer<typeof Terminal>;

/**
 * A shell of the host, with DOCKER_HOST set to the service VM's socket. It is reached by its paths alone, which
 * browser mode does not relay (`LocalStreamPath`), so that only local windows can have one: no procedure opens, lists
 * or closes it. The client makes its id up, a random UUID. Opening `newHostShellPath` starts the shell, `hostShellPath`
 * attaches again; from there on the stream speaks as a terminal's. One that cannot be had says so in an `exit` message.
 */
export function hostShellPath(id: string): string {
  return `/host-shell/${id}`;
}

export function newHostShellPath(id: string, { cols, rows }: TerminalSize): string {
  return `${hostShellPath(id)}/${cols}x${rows}`;
}

/**
 * The raw stream of a command without a terminal. Upwards: binary messages are standard input, the text message
 * `{"type":"stdin-end"}` closes it. Downwards: binary messages whose first byte is 1 (stdout) or 2 (stderr), then one
 * `exit` text message, then the stream closes. Closing the stream early ends the command.
 */
export function execPath(id: string): string {
  return `/exec/${id}`;
}

export const ExecClientMessage = z.object({ type: z.literal('stdin-end') });
export type ExecClientMessage = z.infer<typeof ExecClientMessage>;
