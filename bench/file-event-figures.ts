import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import pRetry from 'p-retry';
import { sleep, withDeadline } from '../engine/base/time.ts';
import { writeWatcherTar } from '../engine/testing/write-watcher-tar.ts';
import type { Bench } from './bench.ts';
import type { Figure } from './figure.ts';

const rounds = 12;
const watchedEvents = ['-e', 'modify', '-e', 'attrib'];
const storm = 10_000;
/** Between two lines while many wait to be told: a batch and the rest after it take an emulated guest two seconds. */
const stormQuietMs = 10_000;

/**
 * From a change on the host to the line which a watcher in a container prints of it, as the host reads that. The
 * baseline goes the same way back: a write inside the container, asked for over the same socket.
 */
export async function fileEventFigures(bench: Bench): Promise<Figure[]> {
  const { client, docker, native, scope } = bench;
  await bench.running();
  const tar = await writeWatcherTar({ home: bench.home, folder: bench.home, arch: native });
  await finished((await docker.importImage(tar, { repo: 'watcher', platform: `linux/${native}` })).resume());
  const project = await mkdtemp(join(tmpdir(), 'fd-bench-events-'));
  scope.defer(() => rm(project, { recursive: true, force: true }));
  const deep = join(project, 'src', 'deep');
  const many = join(project, 'many');
  for (const folder of [deep, many]) await mkdir(folder, { recursive: true });
  await writeFile(join(deep, 'file'), '');
  const share = await client.calls.shares.add({ path: project, readOnly: false });
  if (share.state !== 'mounted') throw new Error(`${project} is ${share.state}: ${share.problem?.message}`);
  // The engine hears that the container is gone a moment after Docker has said so.
  scope.defer(() => pRetry(() => client.calls.shares.remove({ path: project }), { retries: 5 }));
  const container = await docker.createContainer({
    Image: 'watcher',
    Tty: true,
    Cmd: [
      'inotifywait',
      '-mq',
      ...watchedEvents,
      '--format',
      '%e %w%f',
      '/src/src/deep',
      '/src/src',
      '/src/many',
      '/tmp',
    ],
    HostConfig: { Binds: [`${project}:/src`], Tmpfs: { '/tmp': '' } },
  });
  scope.defer(() => container.remove({ force: true }));
  const heard = new Heard(await container.attach({ stream: true, stdout: true }));
  await container.start();
  // The engine hears of a container a moment after it has started.
  const change = (): Promise<void> => writeFile(join(deep, 'file'), 'x');
  while (!heard.has('MODIFY /src/src/deep/file')) {
    await change();
    await sleep(1_000, scope.signal);
  }
  const exec = await container.exec({
    Cmd: ['busybox', 'sh'],
    AttachStdin: true,
    AttachStdout: true,
    Tty: true,
  });
  const shell = await exec.start({ hijack: true, stdin: true, Tty: true });
  shell.resume();
  scope.defer(() => void shell.destroy());

  const measure = async (line: string, work: (round: number) => unknown): Promise<number[]> => {
    const delays: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const told = heard.next(line.replace('#', `${round}`), 30_000, scope.signal);
      const begun = performance.now();
      await work(round);
      delays.push((await told) - begun);
      // What the last change causes besides is not to delay the next.
      await sleep(500, scope.signal);
    }
    return delays;
  };
  bench.say('changing files in the container and on the host');
  const inside = await measure('MODIFY /tmp/own', () => shell.write('echo x >>/tmp/own\n'));
  const modified = await measure('MODIFY /src/src/deep/file', change);
  const created = await measure('MODIFY /src/src/deep/new #', (round) =>
    writeFile(join(deep, `new ${round}`), ''),
  );
  const removed = await measure('ATTRIB,ISDIR /src/src/deep', (round) => rm(join(deep, `new ${round}`)));

  bench.say(`making ${storm} files on the host`);
  for (let at = 0; at < storm; at += 1) await writeFile(join(many, `${at}`), '');
  const written = performance.now();
  const during = heard.next('MODIFY /src/src/deep/file', 60_000, scope.signal);
  await change();
  const waited = (await during) - written;
  while (performance.now() - heard.lastAt < stormQuietMs) await sleep(500, scope.signal);
  const told = heard.count('MODIFY /src/many/');

  const common = {
    unit: 'ms',
    goal: 300,
    baseline: { name: 'a write inside the container', measured: inside },
  } as const;
  const how = 'write on the host to the line that a watcher in a container prints, read on the host';
  return [
    { name: 'file event, modified', ...common, measured: modified, how },
    { name: 'file event, created', ...common, measured: created, how: `${how}; in a nested folder` },
    { name: 'file event, removed', ...common, measured: removed, how: `${how}; of the folder it lay in` },
    {
      name: `file event, behind ${storm} new files`,
      ...common,
      goal: null,
      measured: [waited],
      how: `${how}; changed right after ${storm} were made`,
    },
    {
      name: `${storm} new files, told`,
      unit: 's',
      measured: [Math.max(0, heard.lastAt - written) / 1_000],
      goal: null,
      baseline: null,
      how: `from the last one made to the last line; ${told} were told one by one, the others by their folder`,
    },
  ];
}

/** Lines which a watcher prints, and who waits for one. */
class Heard {
  readonly #lines = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();

  constructor(stream: NodeJS.ReadableStream) {
    let rest = '';
    stream.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#hear(line.trim());
    });
  }

  /** When the last line came, by `performance.now()`. */
  lastAt = 0;

  has(event: string): boolean {
    return this.#lines.has(event);
  }

  /** Of lines whose event begins so. */
  count(start: string): number {
    let sum = 0;
    for (const [event, times] of this.#lines) if (event.startsWith(start)) sum += times;
    return sum;
  }

  /** When the next such event is heard, by `performance.now()`. */
  next(event: string, timeoutMs: number, signal: AbortSignal): Promise<number> {
    return withDeadline(
      {
        timeoutMs,
        signal,
        onTimeout: () => ({ code: 'guest_command_failed', message: `No event "${event}" came.` }),
      },
      (deadline) =>
        new Promise((resolve, reject) => {
          this.#waiting.set(event, resolve);
          deadline.addEventListener('abort', () => reject(deadline.reason), { once: true });
        }),
    );
  }

  #hear(event: string): void {
    this.#lines.set(event, (this.#lines.get(event) ?? 0) + 1);
    this.lastAt = performance.now();
    this.#waiting.get(event)?.(this.lastAt);
    this.#waiting.delete(event);
  }
}
