import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../base/engine-error.ts';
import { sleep, withDeadline } from '../base/time.ts';

/** A program from a cold disk on a busy host, and one question. */
const proofTimeoutMs = 15_000;

const lookIntervalMs = 25;

/** Longest excerpt of its own words. */
const evidenceBytes = 2_000;

/**
 * Has a virtiofsd answer a question of the vhost-user protocol (VHOST_USER_GET_FEATURES; QEMU's
 * docs/interop/vhost-user.rst): it must offer virtio 1, which every device of our VMs speaks. A version string would only
 * prove that a file can be started. Throws `tool_missing`.
 */
export async function proveVirtiofsd(command: readonly string[], signal: AbortSignal): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'fd-vfs-'));
  const output: Buffer[] = [];
  let child: ChildProcess | undefined;
  try {
    const shared = join(folder, 'shared');
    await mkdir(shared);
    const socketPath = join(folder, 's');
    const [program = '', ...before] = command;
    const options = ['--socket-path', socketPath, '--shared-dir', shared, '--sandbox', 'none'];
    // An older one does not know these and refuses to start.
    const untried = [
      '--rlimit-nofile',
      '0',
      '--migration-on-error',
      'guest-error',
      '--translate-uid',
      'squash-guest:0:0:1',
    ];
    child = spawn(program, [...before, ...options, ...untried], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => output.push(bytes));
    await once(child, 'spawn', { signal });
    const onTimeout = () => unusable(output, `it does not answer within ${proofTimeoutMs / 1_000} s`);
    const features = await withDeadline({ timeoutMs: proofTimeoutMs, signal, onTimeout }, (within) =>
      askFeatures(socketPath, child, within),
    );
    if ((features & virtioVersion1) === 0n) throw new Error('it does not offer virtio 1');
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof EngineError) throw thrown;
    throw new EngineError({
      ...unusable(output, thrown instanceof Error ? thrown.message : String(thrown)),
      cause: thrown,
    });
  } finally {
    child?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

/** Header of a vhost-user message: request, flags with the protocol's version 1, length of what follows. */
const headerBytes = 12;
const getFeatures = 1;
const protocolVersion = 1;

/** VIRTIO_F_VERSION_1. */
const virtioVersion1 = 1n << 32n;

async function askFeatures(
  path: string,
  child: ChildProcess | undefined,
  signal: AbortSignal,
): Promise<bigint> {
  for (;;) {
    signal.throwIfAborted();
    if (child?.exitCode !== null) throw new Error(`it ended with exit code ${child?.exitCode}`);
    const socket = await connected(path);
    if (socket) return await featuresFrom(socket, signal);
    await sleep(lookIntervalMs, signal);
  }
}

async function connected(path: string): Promise<Socket | null> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch {
    return null;
  }
}

async function featuresFrom(socket: Socket, signal: AbortSignal): Promise<bigint> {
  try {
    const question = Buffer.alloc(headerBytes);
    question.writeUInt32LE(getFeatures, 0);
    question.writeUInt32LE(protocolVersion, 4);
    socket.write(question);
    let answer = Buffer.alloc(0);
    while (answer.length < headerBytes + 8) {
      const [bytes] = (await once(socket, 'data', { signal })) as [Buffer];
      answer = Buffer.concat([answer, bytes]);
    }
    if (answer.readUInt32LE(0) !== getFeatures) throw new Error('it answers something else');
    return answer.readBigUInt64LE(headerBytes);
  } finally {
    socket.destroy();
  }
}

function unusable(output: readonly Buffer[], why: string) {
  return {
    code: 'tool_missing' as const,
    message: `virtiofsd does not work on this computer: ${why}.`,
    hint: "Install your distribution's virtiofsd, version 1.11 or newer.",
    details: {
      output: Buffer.concat([...output])
        .toString('utf8')
        .slice(-evidenceBytes),
    },
  };
}
