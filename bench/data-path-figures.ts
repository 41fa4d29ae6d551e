import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished, pipeline } from 'node:stream/promises';
import { pack } from 'tar-stream';
import { silentLog } from '../engine/base/log.ts';
import type { Scope } from '../engine/base/scope.ts';
import { sleep } from '../engine/base/time.ts';
import { DockerSocket } from '../engine/docker/docker-socket.ts';
import { pathsUnder } from '../engine/paths.ts';
import { bulkCiphers } from '../engine/ssh/ciphers.ts';
import { OpenSshCarrier } from '../engine/ssh/openssh-carrier.ts';
import type { Bench } from './bench.ts';
import { type ConnectedGuest, connectGuest } from './connect-guest.ts';
import { type DockerExchange, exchangeInGuest, exchangeOnHost } from './docker-exchange.ts';
import { type Figure, median, notRun } from './figure.ts';
import { receiveRaw, sendRaw, sinkPath, startSink } from './raw-sink.ts';

const runs = 3;
const rawBytes = 32 * 1024 ** 2;
/** Random, as the layers of an image are to whoever moves them. */
const imageBytes = 16 * 1024 ** 2;
const image = 'foredeck-bench:1';
const guestFolder = '/data/foredeck-bench';

/** The product's OpenSSH starts when its containers are listed; a key exchange takes an emulated guest seconds. */
const hastenedTimeoutMs = 90_000;

/** At most 1.3 times as long as OpenSSH's forward, and 1.5 times as long as the same inside the VM. */
const forwardRatioGoal = 0.77;
const insideRatioGoal = 0.67;

/** Seconds of each run. */
type Seconds = readonly number[];

/**
 * How fast bytes travel through the exposed Docker socket: beside an `ssh -L` of the host's own OpenSSH with the same
 * cipher, and beside the same operation inside the VM. The runs of the three take turns.
 */
export async function dataPathFigures(bench: Bench): Promise<Figure[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fd-data-'));
  bench.scope.defer(() => rm(folder, { recursive: true, force: true }));
  const guest = await connectGuest(bench);
  return [...(await rawFigures(bench, guest, folder)), ...(await dockerFigures(bench, guest, folder))];
}

/** The product's own parts, with a sink in dockerd's place. */
async function rawFigures(bench: Bench, guest: ConnectedGuest, folder: string): Promise<Figure[]> {
  const { scope } = bench;
  const { link, port, keys } = guest;
  scope.defer(await startSink(link));
  const options = { link, port, keys, guestPath: sinkPath, folder: join(folder, 'ssh'), log: silentLog };
  const carrier = new OpenSshCarrier(options);
  scope.defer(() => carrier.close());
  carrier.hasten();
  await until(async () => carrier.hastened, scope.signal);
  const ours = await DockerSocket.open({
    path: join(folder, 'ours.sock'),
    connect: () => carrier.connect(),
    log: silentLog,
  });
  scope.defer(() => ours.close());
  const ssh2 = await DockerSocket.open({
    path: join(folder, 'ssh2.sock'),
    connect: () => link.connectUnix(sinkPath),
    log: silentLog,
  });
  scope.defer(() => ssh2.close());
  const openSsh = await openSshForward(guest, { folder, name: 'raw', guestPath: sinkPath, scope });

  const figure = async (name: string, move: typeof sendRaw): Promise<Figure> => {
    const seconds = await inTurns(bench, name, {
      ours: () => move({ path: ours.path }, rawBytes),
      openSsh: () => move({ path: openSsh }, rawBytes),
      ssh2: () => move({ path: ssh2.path }, rawBytes),
    });
    return againstForward(name, seconds, rawBytes, `; ssh2 alone ${median(seconds.ssh2).toFixed(1)} s`);
  };
  return [
    await figure('raw bytes into the VM', sendRaw),
    await figure('raw bytes out of the VM', receiveRaw),
  ];
}

async function dockerFigures(bench: Bench, guest: ConnectedGuest, folder: string): Promise<Figure[]> {
  const { docker, home, scope, vm } = bench;
  const { signal } = scope;
  const { link } = guest;
  const { carrier, dockerSocket: ours } = pathsUnder(home).vm(vm);
  await until(async () => await holdsSocket(carrier), scope.signal);
  const guestPath = '/run/docker.sock';
  const openSsh = await openSshForward(guest, { folder, name: 'docker', guestPath, scope });
  scope.defer(async () => void (await link.exec(['rm', '-rf', guestFolder])));

  // The same three files on both sides: a root file system, a build context, an image.
  const blob = randomBytes(imageBytes);
  await writeTar(join(folder, 'root.tar'), { blob });
  await writeTar(join(folder, 'context.tar'), { blob, Dockerfile: 'FROM scratch\nLABEL foredeck=bench\n' });
  const [repo, tag] = image.split(':');
  await finished((await docker.importImage(join(folder, 'root.tar'), { repo, tag })).resume());
  await pipeline(await docker.getImage(image).get(), createWriteStream(join(folder, 'image.tar')));
  for (const name of ['root.tar', 'context.tar', 'image.tar']) {
    await link.writeFile(join(guestFolder, name), createReadStream(join(folder, name)), { mode: 0o600 });
  }

  const figures = async (
    name: string,
    exchange: DockerExchange,
    before: () => Promise<unknown> = async () => undefined,
  ) => {
    const within = (place: string) => ({
      ...exchange,
      ...(exchange.body && { body: join(place, exchange.body) }),
    });
    const prepared = (move: () => Promise<number>) => async () => {
      await before();
      return await move();
    };
    const measured = inTurns(bench, name, {
      ours: prepared(() => exchangeOnHost({ ...within(folder), socketPath: ours, signal })),
      openSsh: prepared(() => exchangeOnHost({ ...within(folder), socketPath: openSsh, signal })),
      inside: prepared(() => exchangeInGuest(link, within(guestFolder))),
    });
    return await measured.then(
      (seconds) => againstBoth(name, seconds),
      (thrown: unknown) => {
        signal.throwIfAborted();
        // One operation that Docker refuses does not take the figures of the others with it.
        return [notRun(name, 's', `failed: ${thrown instanceof Error ? thrown.message : thrown}`)];
      },
    );
  };
  const remove = () => docker.getImage(image).remove({ force: true });
  const load = { method: 'POST', path: '/images/load?quiet=1', body: 'image.tar' } as const;
  const result = [
    ...(await figures('docker load', load, remove)),
    ...(await figures('docker save', { method: 'GET', path: `/images/${image}/get` })),
  ];
  const container = await docker.createContainer({ Image: image, Cmd: ['never started'] });
  const path = `/containers/${container.id}/archive?path=/`;
  result.push(
    ...(await figures('docker cp into a container', { method: 'PUT', path, body: 'root.tar' })),
    ...(await figures('docker cp out of a container', { method: 'GET', path: `${path}blob` })),
  );
  await container.remove({ force: true });
  await remove();
  result.push(...(await figures('docker build, context alone', build)));
  return result;
}

/**
 * The classic builder takes its context as one upload, as `cp` takes its files, and makes nothing of it here but a label,
 * each time anew: BuildKit asks for single files in a session and keeps those which it knows.
 */
const build = {
  method: 'POST',
  path: '/build?version=1&q=1&rm=1&forcerm=1&nocache=1',
  body: 'context.tar',
} as const;

/** Waits for what others do, at most as long as OpenSSH may take to start. */
async function until(holds: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
  const within = AbortSignal.any([signal, AbortSignal.timeout(hastenedTimeoutMs)]);
  while (!(await holds())) await sleep(100, within);
}

/** Whether the product's OpenSSH listens in its folder. */
async function holdsSocket(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries.some((entry) => entry.isSocket());
}

/** Every way once, then every way again, so that what else the machine does spares none of them. */
async function inTurns<Way extends string>(
  bench: Bench,
  name: string,
  ways: Record<Way, () => Promise<number>>,
): Promise<Record<Way, number[]>> {
  const seconds = {} as Record<Way, number[]>;
  const names = Object.keys(ways) as Way[];
  for (const way of names) seconds[way] = [];
  for (let run = 0; run < runs; run += 1) {
    for (const way of names) seconds[way].push(await ways[way]());
  }
  for (const way of names) bench.say(`${name}, ${way}: ${median(seconds[way]).toFixed(1)} s`);
  return seconds;
}

interface Measured {
  readonly ours: Seconds;
  readonly openSsh: Seconds;
}

function againstForward(name: string, { ours, openSsh }: Measured, bytes: number, more = ''): Figure {
  return {
    name: `${name}, ${Math.round(bytes / 1e6)} MB`,
    unit: 's',
    measured: ours,
    goal: null,
    ratioGoal: forwardRatioGoal,
    baseline: { name: "OpenSSH's forward", measured: openSsh },
    how: `${(bytes / 1e6 / median(ours)).toFixed(1)} MB/s${more}`,
  };
}

function againstBoth(name: string, measured: Measured & { readonly inside: Seconds }): Figure[] {
  const figure = againstForward(name, measured, imageBytes);
  const baseline = { name: 'inside the VM', measured: measured.inside };
  return [figure, { ...figure, ratioGoal: insideRatioGoal, baseline }];
}

/** What a person would type: the host's OpenSSH and nothing of ours in between. */
async function openSshForward(
  { port, keys }: ConnectedGuest,
  options: { folder: string; name: string; guestPath: string; scope: Scope },
): Promise<string> {
  const { folder, name, guestPath, scope } = options;
  const [key, knownHosts, socket] = ['key', 'hosts', 'sock'].map((kind) => join(folder, `${name}.${kind}`));
  if (key === undefined || knownHosts === undefined || socket === undefined) throw new Error('no names');
  await writeFile(key, keys.clientPrivate, { mode: 0o600 });
  await writeFile(knownHosts, `[127.0.0.1]:${port} ${keys.hostPublic}\n`);
  const settings = ['BatchMode=yes', `UserKnownHostsFile=${knownHosts}`, 'IdentitiesOnly=yes'];
  const child = spawn(
    'ssh',
    [
      ...['-F', 'none', '-N', '-p', String(port), '-i', key, '-c', bulkCiphers[0]],
      ...['-L', `${socket}:${guestPath}`, ...settings.flatMap((setting) => ['-o', setting])],
      'root@127.0.0.1',
    ],
    { stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let problem: Error | undefined;
  child.once('error', (error) => {
    problem = error;
  });
  scope.defer(async () => {
    child.kill();
    await ended;
  });
  while (!(await answers(socket))) {
    if (problem) throw problem;
    if (child.exitCode !== null) throw new Error(`ssh exited with ${child.exitCode}`);
    await sleep(100, scope.signal);
  }
  return socket;
}

async function answers(path: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function writeTar(path: string, files: Record<string, Buffer | string>): Promise<void> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  await pipeline(tar, createWriteStream(path));
}
