import { PassThrough, Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import type Dockerode from 'dockerode';
import { pack } from 'tar-stream';
import type { Arch } from '../contract/arch.ts';
import { createContainer } from '../engine/docker/create-container.ts';

/** Links which make a system's folders complete; the rest of the image is empty. */
const links = ['bin', 'lib', 'lib64', 'sbin'];

/** The end of what a program said is kept. */
const keptOutputBytes = 8 * 1024;

export interface ContainerOutcome {
  readonly id: string;
  /** Null when it was killed because its time was up. */
  readonly exitCode: number | null;
  readonly seconds: number;
  /** The end of standard output. */
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * An image of this architecture with nothing in it but the links a Debian system has at its top: what a container runs
 * comes from the disk. Answers its name.
 */
export async function systemImage(docker: Dockerode, arch: Arch): Promise<string> {
  const repo = 'foredeck-corpus';
  const tag = arch.replace('/', '-');
  const name = `${repo}:${tag}`;
  if (
    await docker
      .getImage(name)
      .inspect()
      .catch(() => null)
  )
    return name;
  const tar = pack();
  for (const link of links) tar.entry({ name: link, type: 'symlink', linkname: `usr/${link}`, mode: 0o777 });
  tar.entry({ name: 'tmp', type: 'directory', mode: 0o1777 });
  tar.finalize();
  const imported = await docker.importImage(Readable.from([await buffer(tar)]), {
    repo,
    tag,
    platform: `linux/${arch}`,
  });
  imported.resume();
  await finished(imported);
  return name;
}

/**
 * Runs `script` under bash in a container whose folders are a system's, without network, and calls `look` before the
 * container is removed. Rejects when Docker does, or `signal` aborts; the container is gone then, too.
 */
export async function runInSystem<T>(
  docker: Dockerode,
  options: {
    name: string;
    arch: Arch;
    image: string;
    binds: readonly string[];
    script: string;
    args: readonly string[];
    timeoutMs: number;
    signal: AbortSignal;
  },
  look: (outcome: ContainerOutcome) => Promise<T>,
): Promise<T> {
  const { signal } = options;
  const id = await createContainer(docker, {
    name: options.name,
    platform: `linux/${options.arch}`,
    Image: options.image,
    Entrypoint: ['/bin/bash', '-euo', 'pipefail', '-c', options.script, options.name],
    Cmd: [...options.args],
    Env: [
      'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      'HOME=/root',
      'LC_ALL=C.UTF-8',
    ],
    HostConfig: {
      Binds: [...options.binds],
      NetworkMode: 'none',
      LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } },
    },
  });
  const container = docker.getContainer(id);
  try {
    signal.throwIfAborted();
    const startedAt = performance.now();
    await container.start();
    const exitCode = await exitOf(
      container,
      AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
    );
    signal.throwIfAborted();
    const seconds = (performance.now() - startedAt) / 1_000;
    const [stdout, stderr] = await Promise.all([
      outputOf(docker, container, 'stdout'),
      outputOf(docker, container, 'stderr'),
    ]);
    return await look({ id, exitCode, seconds, stdout, stderr });
  } finally {
    await container.remove({ force: true });
  }
}

async function exitOf(container: Dockerode.Container, until: AbortSignal): Promise<number | null> {
  const waiting = container.wait({ abortSignal: until }) as Promise<{ StatusCode: number }>;
  try {
    return (await waiting).StatusCode;
  } catch (thrown) {
    if (until.aborted) return null;
    throw thrown;
  }
}

async function outputOf(
  docker: Dockerode,
  container: Dockerode.Container,
  which: 'stdout' | 'stderr',
): Promise<string> {
  const logs = await container.logs({ [which]: true, follow: true, tail: 200 });
  const text = new PassThrough();
  const ended = finished(text.resume());
  let kept = Buffer.alloc(0);
  text.on('data', (chunk: Buffer) => {
    kept = Buffer.concat([kept, chunk]).subarray(-keptOutputBytes);
  });
  docker.modem.demuxStream(logs, text, text);
  logs.once('end', () => text.end());
  await ended;
  return kept.toString('utf8');
}
