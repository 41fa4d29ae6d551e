import { timingSafeEqual } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import type { ClientErrorExtensions } from 'ssh2';
import ssh2 from 'ssh2';
import { EngineError } from '../base/engine-error.ts';
import type { GuestConnector, GuestLink, VmKeys } from '../vm/ports.ts';
import { bulkCiphers } from './ciphers.ts';
import { SshLink } from './ssh-link.ts';

/** Emulated guests take seconds for a key exchange while they boot; more means that nobody is there. */
const handshakeTimeoutMs = 20_000;

/** A dead guest is noticed after interval x (count + 1), 12 s; a busy emulated one answers well within that. */
const keepaliveIntervalMs = 3_000;
const keepaliveCount = 3;

/** SSH over loopback with keys made here, so that both sides are known before they first speak. */
export function createGuestConnector(): GuestConnector {
  return {
    async makeKeys() {
      const client = makeKeyPair('foredeck');
      const host = makeKeyPair('foredeck-vm');
      return {
        clientPrivate: client.private,
        clientPublic: client.public,
        hostPrivate: host.private,
        hostPublic: host.public,
      };
    },
    connect,
  };
}

/**
 * ssh2 1.17 drops leading zero bytes of an ed25519 public key (lib/keygen.js, `parseDERs`), so one pair in 256 is one
 * that neither ssh2 nor OpenSSH reads. Such a pair is thrown away.
 */
function makeKeyPair(comment: string): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', { comment });
    if (!(ssh2.utils.parseKey(pair.public) instanceof Error)) return pair;
  }
}

async function connect(options: { port: number; keys: VmKeys; signal: AbortSignal }): Promise<GuestLink> {
  const { port, keys, signal } = options;
  signal.throwIfAborted();
  const pinned = publicKeyBytes(keys.hostPublic);
  // Ours, because ssh2 cannot destroy a socket which it has begun to end.
  const socket = connectTcp({ host: '127.0.0.1', port, noDelay: true });
  const client = new ssh2.Client();
  let hostKeyRefused = false;
  const connected = new Promise<void>((resolve, reject) => {
    client.once('ready', resolve);
    client.once('error', reject);
    client.once('close', () => reject(new Error('the connection was closed during the handshake')));
  });
  const onAbort = (): void => {
    socket.destroy();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    client.connect({
      sock: socket,
      username: 'root',
      privateKey: keys.clientPrivate,
      authHandler: ['publickey'],
      hostVerifier: (key: Buffer) => {
        hostKeyRefused = !sameBytes(key, pinned);
        return !hostKeyRefused;
      },
      algorithms: { cipher: [...bulkCiphers], serverHostKey: ['ssh-ed25519'] },
      readyTimeout: handshakeTimeoutMs,
      keepaliveInterval: keepaliveIntervalMs,
      keepaliveCountMax: keepaliveCount,
    });
    await connected;
    return new SshLink(client, socket, { port, keys });
  } catch (thrown) {
    // ssh2 may report more than once while it unwinds.
    client.on('error', () => undefined);
    socket.destroy();
    signal.throwIfAborted();
    throw hostKeyRefused ? wrongHostKey(port) : connectFailed(port, thrown);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function publicKeyBytes(publicKey: string): Buffer {
  const parsed = ssh2.utils.parseKey(publicKey);
  if (parsed instanceof Error) {
    throw new EngineError({
      code: 'ssh_failed',
      message: `The VM's stored host key is unreadable: ${parsed.message}.`,
      hint: "Restore keys.json in the VM's folder from a backup, or reset the VM.",
      cause: parsed,
    });
  }
  return parsed.getPublicSSH();
}

function sameBytes(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function wrongHostKey(port: number): EngineError {
  return new EngineError({
    code: 'ssh_failed',
    message: `The SSH server on 127.0.0.1:${port} is not this VM: its host key is not the one made for the VM.`,
    hint: 'Another program may have taken the port. Stop the VM, close that program and start the VM again.',
  });
}

function connectFailed(port: number, thrown: unknown): EngineError {
  const level = thrown instanceof Error ? (thrown as Error & ClientErrorExtensions).level : undefined;
  const why = thrown instanceof Error ? thrown.message : String(thrown);
  const refused = level === 'client-authentication';
  return new EngineError({
    code: 'ssh_failed',
    message: refused
      ? `The VM's SSH server on 127.0.0.1:${port} refused Foredeck's key.`
      : `Cannot reach the VM's SSH server on 127.0.0.1:${port}: ${why}.`,
    hint: refused
      ? 'The guest did not get its secrets at boot; the VM console shows why. Restart the VM.'
      : 'The VM may still be booting; its console shows how far it came.',
    cause: thrown,
  });
}
