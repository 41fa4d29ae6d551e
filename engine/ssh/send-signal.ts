import type { ClientChannel } from 'ssh2';

/** The part of ssh2 1.17 which `Channel.signal` itself uses. */
interface ChannelInside {
  readonly _client: { readonly _protocol: { signal(channelId: number, name: string): void } };
  readonly outgoing: { readonly id: number; readonly state: 'open' | 'eof' | 'closing' | 'closed' };
}

/**
 * Sends a signal (RFC 4254, 6.9; `name` without `SIG`) to the program behind an open channel. ssh2's own
 * `channel.signal` says nothing once standard input has ended, though the program runs on and the protocol allows it.
 */
export function sendSignal(channel: ClientChannel, name: 'HUP' | 'KILL'): void {
  const { _client, outgoing } = channel as unknown as ChannelInside;
  if (outgoing.state === 'open' || outgoing.state === 'eof') _client._protocol.signal(outgoing.id, name);
}
