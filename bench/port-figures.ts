import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { probeBind } from '../engine/base/probe-bind.ts';
import { echoServer, makePerlImage, perlImage } from '../engine/testing/perl-image.ts';
import type { GuestLink } from '../engine/vm/ports.ts';
import type { Bench } from './bench.ts';
import { connectGuest } from './connect-guest.ts';
import type { Figure } from './figure.ts';
import { receiveRaw, sendRaw, sink, startSink } from './raw-sink.ts';

const streamRuns = 5;
const streamBytes = 64 * 1024 ** 2;
/** At least 80 % of the same stream without Docker in between. */
const streamRatioGoal = 0.8;

/** What a try moves whether the way is there: as much as is written at once. */
const probeBytes = 256 * 1024;

const datagramEveryMs = 10;
const datagrams = 500;
/** A busy guest answers late, and late is not lost. */
const lateMs = 2_000;

const startRuns = 7;
const readyGoalMs = 500;
/** Between two tries; each that fails costs the host next to nothing. */
const lookMs = 2;

const sinkPort = 9_000;
const udpPort = 53;
const tcpPort = 80;

/**
 * What a published port costs over one that leads to a program of the guest itself: through the same forward of QEMU,
 * which a rule in the guest turns away from Docker for the baseline. The runs of both take turns.
 */
export async function portFigures(bench: Bench): Promise<Figure[]> {
  await bench.running();
  bench.say('making an image out of the guest');
  await bench.inGuest(makePerlImage);
  return [...(await streamFigures(bench)), ...(await datagramFigures(bench)), ...(await startFigures(bench))];
}

async function streamFigures(bench: Bench): Promise<Figure[]> {
  const { link } = await connectGuest(bench);
  bench.scope.defer(await startSink(link, String(sinkPort)));
  const port = await runPublished(bench, {
    command: ['perl', '-e', sink, String(sinkPort)],
    inside: `${sinkPort}/tcp`,
  });
  const published = { host: '127.0.0.1', port };
  bench.scope.defer(() => turnAway(link, null));
  await until(bench, () => answers(port, '127.0.0.1'));

  const figure = async (name: string, move: typeof sendRaw): Promise<Figure[]> => {
    bench.say(name);
    const seconds = { published: [] as number[], direct: [] as number[], relayed: [] as number[] };
    for (let run = 0; run < streamRuns; run += 1) {
      seconds.published.push(await move(published, streamBytes));
      await turnAway(link, port);
      seconds.direct.push(await move(published, streamBytes));
      await turnAway(link, null);
      seconds.relayed.push(await move({ host: '::1', port }, streamBytes));
    }
    const how = `${streamBytes / 1024 ** 2} MiB of zeros in one connection`;
    return [
      {
        name,
        unit: 's',
        measured: seconds.published,
        goal: null,
        ratioGoal: streamRatioGoal,
        baseline: { name: 'a program of the guest', measured: seconds.direct },
        how,
      },
      {
        name: `${name}, by [::1]`,
        unit: 's',
        measured: seconds.relayed,
        goal: null,
        baseline: { name: 'by 127.0.0.1', measured: seconds.published },
        how: `${how}, through the relay`,
      },
    ];
  };
  return [
    ...(await figure('TCP into a container', sendRaw)),
    ...(await figure('TCP out of a container', receiveRaw)),
  ];
}

/** What arrives for `port` goes to the sink of the guest itself; null: to Docker again. */
async function turnAway(link: GuestLink, port: number | null): Promise<void> {
  const name = 'table ip foredeck_bench';
  const rule = `iifname "eth0" tcp dport ${port} redirect to :${sinkPort}`;
  // Before Docker's own, which has -100 (nft(8): dstnat), and before the engine's.
  const chain = `chain prerouting {\ntype nat hook prerouting priority -102\n${rule}\n}`;
  const input = `${name} {}\ndelete ${name}\n${port === null ? '' : `${name} {\n${chain}\n}\n`}`;
  const { code, stderr } = await link.exec(['nft', '-f', '-'], { input });
  if (code !== 0) throw new Error(`nft in the VM: ${stderr}`);
}

async function datagramFigures(bench: Bench): Promise<Figure[]> {
  const port = await runPublished(bench, { command: echo, inside: `${udpPort}/udp` });
  const figures: Figure[] = [];
  for (const address of ['127.0.0.1', '::1']) {
    await until(bench, async () => (await lostOf(port, address, 1, 200)) === 0);
    bench.say(`${datagrams} datagrams by ${address}`);
    figures.push({
      name: `UDP lost, by ${address}`,
      unit: 'datagrams',
      measured: [await lostOf(port, address, datagrams, lateMs)],
      goal: 0,
      baseline: null,
      how: `of ${datagrams} echoed ones, ${1_000 / datagramEveryMs} a second`,
    });
  }
  return figures;
}

/** How many of `count` datagrams are not echoed until `waitMs` after the last. */
async function lostOf(port: number, address: string, count: number, waitMs: number): Promise<number> {
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  const missing = new Set(Array.from({ length: count }, (_, at) => String(at)));
  socket.on('message', (message) => missing.delete(String(message)));
  socket.on('error', () => undefined);
  try {
    for (let at = 0; at < count; at += 1) {
      socket.send(String(at), port, address);
      await delay(datagramEveryMs);
    }
    const late = performance.now() + waitMs;
    while (missing.size > 0 && performance.now() < late) await delay(lookMs);
    return missing.size;
  } finally {
    socket.close();
  }
}

/** From Docker's `start` event, as a second client of the socket sees it. */
async function startFigures(bench: Bench): Promise<Figure[]> {
  const { docker } = bench;
  const forwarded: number[] = [];
  const answered: number[] = [];
  for (let run = 0; run < startRuns; run += 1) {
    bench.say(`container ${run + 1} of ${startRuns} starts`);
    const events = await docker.getEvents({ filters: { type: ['container'], event: ['start'] } });
    const told = once(events, 'data').then(() => performance.now());
    let times: ReturnType<typeof firstTimes> | undefined;
    await runPublished(bench, { command: echo, inside: `${tcpPort}/tcp` }, (port) => {
      times = firstTimes(port, bench.scope.signal);
      times.catch(() => undefined);
    });
    if (!times) throw new Error('nobody watched');
    const { accepted, replied } = await times;
    const started = await told;
    forwarded.push(Math.max(0, accepted - started));
    answered.push(replied - started);
    (events as NodeJS.ReadableStream & { destroy(): void }).destroy();
  }
  const how = "after Docker's start event on the socket";
  return [
    { name: 'port forwarded', unit: 'ms', measured: forwarded, goal: readyGoalMs, baseline: null, how },
    {
      name: 'port answers',
      unit: 'ms',
      measured: answered,
      goal: readyGoalMs,
      baseline: null,
      how: `${how}, the start of its program included`,
    },
  ];
}

const echo = ['perl', '-e', echoServer, String(udpPort), String(tcpPort)];

interface Published {
  readonly command: readonly string[];
  /** The container's port, `80/tcp`. */
  readonly inside: string;
}

/** A container which runs until the part ends, with a port that is free on this host: Docker knows only the guest's. */
async function runPublished(
  bench: Bench,
  { command, inside }: Published,
  watch: (port: number) => void = () => undefined,
): Promise<number> {
  const { docker, scope } = bench;
  const port = await freePort();
  const container = await docker.createContainer({
    Image: perlImage,
    Cmd: [...command],
    OpenStdin: true,
    ExposedPorts: { [inside]: {} },
    HostConfig: { PortBindings: { [inside]: [{ HostPort: String(port) }] } },
  });
  scope.defer(() => container.remove({ force: true }));
  watch(port);
  await container.start();
  return port;
}

async function firstTimes(port: number, signal: AbortSignal): Promise<{ accepted: number; replied: number }> {
  let accepted: number | undefined;
  for (;;) {
    signal.throwIfAborted();
    const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    socket.once('connect', () => {
      accepted ??= performance.now();
      socket.end('hello');
    });
    const answer = await text(socket).catch(() => '');
    socket.destroy();
    if (answer !== '' && accepted !== undefined) return { accepted, replied: performance.now() };
    await delay(lookMs);
  }
}

async function answers(port: number, host: string): Promise<boolean> {
  return (await sendRaw({ host, port }, probeBytes).catch(() => Number.NaN)) >= 0;
}

async function until(bench: Bench, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    bench.scope.signal.throwIfAborted();
    await delay(100);
  }
}

/** Free for TCP and UDP on both loopbacks of this host. */
async function freePort(): Promise<number> {
  const free = await probeBind({ protocol: 'tcp', address: '::1', port: 0 });
  if ('errno' in free) throw new Error(`no free port: ${free.errno}`);
  const others = await Promise.all([
    probeBind({ protocol: 'tcp', address: '127.0.0.1', port: free.port }),
    probeBind({ protocol: 'udp', address: '127.0.0.1', port: free.port }),
    probeBind({ protocol: 'udp', address: '::1', port: free.port }),
  ]);
  return others.every((other) => 'port' in other) ? free.port : await freePort();
}
