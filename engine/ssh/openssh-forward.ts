import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Duplex, Readable, Writable } from 'node:stream';
import { EngineError } from '../base/engine-error.ts';
import { Scope } from '../base/scope.ts';
import { orAborted, withDeadline } from '../base/time.ts';
import type { VmKeys } from '../vm/ports.ts';
import { bulkCiphers } from './ciphers.ts';

export interface OpenSshForwardOptions {
  /** Path of the host's OpenSSH client. */
  readonly ssh: string;
  /** The guest's sshd on loopback. */
  readonly port: number;
  readonly keys: VmKeys;
  /** The Unix socket in the guest. */
  readonly guestPath: string;
  /** Made for this forward and removed with it: key, known host and socket lie in it. Absolute. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** An emulated guest needs seconds for a key exchange while it is busy. */
const startTimeoutMs = 30_000;

/** OpenSSH ends at once when told to; a stopped or swapped-out one does not. */
const endTimeoutMs = 2_000;

/** The name the guest has in the file of known hosts, whatever its port is. */
const hostAlias = 'foredeck-vm';

const keyFile = 'key';
const knownHostsFile = 'known_hosts';
const socketFile = 's';

/** What the guest echoes when the session is up; OpenSSH listens on its forwards before it asks for a session. */
const echo = 'up\n';

/** Enough of OpenSSH's complaints to name the reason. */
const complaintLength = 2_000;

/**
 * OpenSSH reads `%`, `${`, `\`, `[` and `:` in a forward's path as its own (ssh(1) -L, ssh_config(5) TOKENS); a home
 * with one of them in its name is served without it.
 */
export function canForwardBelow(folder: string): boolean {
  return /^\/[^%$\\[\]:\n]*$/.test(folder);
}

/**
 * One OpenSSH client which forwards a Unix socket of the guest (`ssh -L`): its own process, so that ciphers and copies
 * cost the engine nothing. It ends when the engine does, however that ends, for it then loses its standard input.
 */
export class OpenSshForward {
  readonly #scope: Scope;
  readonly #socketPath: string;
  /** Aborted when the client has ended. */
  readonly ended: AbortSignal;

  private constructor(scope: Scope, socketPath: string, ended: AbortSignal) {
    this.#scope = scope;
    this.#socketPath = socketPath;
    this.ended = ended;
  }

  /** Resolves when streams can be opened. Throws `ssh_failed` with what OpenSSH said. */
  static async start(options: OpenSshForwardOptions): Promise<OpenSshForward> {
    const { folder, keys, signal } = options;
    const scope = new Scope('OpenSSH forward');
    try {
      signal.throwIfAborted();
      await rm(folder, { recursive: true, force: true });
      scope.defer(() => rm(folder, { recursive: true, force: true }));
      await mkdir(folder, { mode: 0o700 });
      await writeFile(join(folder, keyFile), keys.clientPrivate, { mode: 0o600 });
      await writeFile(join(folder, knownHostsFile), `${hostAlias} ${keys.hostPublic}\n`, { mode: 0o600 });
      const child = spawn(options.ssh, clientArguments(options), {
        cwd: folder,
        stdio: ['pipe', 'pipe', 'pipe'],
        // Nothing of the user's: no agent, no askpass window, no other language.
        env: { PATH: process.env.PATH, LC_ALL: 'C' },
      });
      const ended = endOf(child);
      scope.defer(() => endChild(child, ended));
      await withDeadline({ timeoutMs: startTimeoutMs, signal, onTimeout: () => startTimedOut }, (within) =>
        orAborted(isUp(child, ended), within),
      );
      return new OpenSshForward(scope, join(folder, socketFile), ended);
    } catch (thrown) {
      await scope.close();
      throw thrown;
    }
  }

  /** A stream to the guest's socket; either side may end its half first. Rejects when the client is gone. */
  async connect(): Promise<Duplex> {
    const socket = connect({ path: this.#socketPath, allowHalfOpen: true });
    // Whoever uses the stream hears of its loss by its end; one that nobody listens to must not end the engine.
    socket.on('error', () => undefined);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return socket;
  }

  /** Ends the client, and every stream with it. */
  async close(): Promise<void> {
    await this.#scope.close();
  }
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

function clientArguments({ port, guestPath, folder }: OpenSshForwardOptions): string[] {
  const settings = {
    // The pinned key or none; nobody is there to be asked.
    HostKeyAlias: hostAlias,
    UserKnownHostsFile: knownHostsFile,
    GlobalKnownHostsFile: 'none',
    StrictHostKeyChecking: 'yes',
    HostKeyAlgorithms: 'ssh-ed25519',
    CheckHostIP: 'no',
    UpdateHostKeys: 'no',
    BatchMode: 'yes',
    // The VM's key and no other.
    IdentitiesOnly: 'yes',
    IdentityAgent: 'none',
    PreferredAuthentications: 'publickey',
    Ciphers: bulkCiphers.join(','),
    // The cheapest for the guest; what defends against quantum computers has nothing to defend on loopback.
    KexAlgorithms: 'curve25519-sha256',
    ExitOnForwardFailure: 'yes',
    StreamLocalBindMask: '0177',
    ForwardAgent: 'no',
    LogLevel: 'ERROR',
  };
  return [
    ...['-F', 'none', '-T'],
    ...['-p', String(port), '-i', keyFile],
    ...['-L', `${join(folder, socketFile)}:${guestPath}`],
    ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]),
    ...['root@127.0.0.1', 'exec cat'],
  ];
}

function endOf(child: Child): AbortSignal {
  const ended = new AbortController();
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-complaintLength);
  });
  child.once('error', (error) => ended.abort(clientEnded(error.message)));
  // `close`, not `exit`: what it said last is part of the reason.
  child.once('close', (code, signal) =>
    ended.abort(clientEnded(complaint.trim() || `exit ${code ?? signal}`)),
  );
  // Written to a client that has just ended.
  child.stdin.on('error', () => undefined);
  return ended.signal;
}

/** Resolves when the guest has echoed; rejects when the client ends first. */
async function isUp(child: Child, ended: AbortSignal): Promise<void> {
  const answered = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  child.stdin.write(echo);
  await orAborted(answered, ended);
}

async function endChild(child: Child, ended: AbortSignal): Promise<void> {
  if (ended.aborted) return;
  const gone = new Promise<void>((resolve) => ended.addEventListener('abort', () => resolve()));
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), endTimeoutMs);
  await gone;
  clearTimeout(kill);
}

function clientEnded(why: string): EngineError {
  return new EngineError({
    code: 'ssh_failed',
    message: `OpenSSH's connection to the VM ended: ${why}.`,
    hint: "Foredeck's own connection carries the Docker socket meanwhile.",
  });
}

const startTimedOut = {
  code: 'ssh_failed',
  message: `OpenSSH did not reach the VM within ${startTimeoutMs / 1_000} s.`,
  hint: "Foredeck's own connection carries the Docker socket meanwhile.",
} as const;
