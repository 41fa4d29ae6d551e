import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import Dockerode from 'dockerode';
import { Scope } from '../engine/base/scope.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { hostAptMirrors } from '../engine/debian/mirrors.ts';
import { emulatedCpuModels, qemuBinaries } from '../engine/qemu/command-line.ts';
import { writeBusyboxTar } from '../engine/testing/write-busybox-tar.ts';
import { benchHome, cpuSeconds, removeMatching, residentMegabytes } from './bench-home.ts';
import { bootFigures, coldStarts } from './boot-figures.ts';
import { browserFigures } from './browser-figures.ts';
import { dataPathFigures } from './data-path-figures.ts';
import { diskFigures } from './disk-figures.ts';
import { type Figure, figureTable, median } from './figure.ts';
import { memoryFigures } from './memory-figures.ts';
import { processTreeFigures } from './process-tree-figures.ts';
import { selfTestFigures } from './self-test-figures.ts';
import { bootStockGuest, buildStockGuest } from './stock-guest.ts';
import { suspendFigures } from './suspend-figures.ts';

/*
 * The figures of the main job on this machine, each beside its baseline of the same run. `--without-stock` leaves out
 * the stock systemd guest, which takes about four minutes and root; its column then says "not run". Names of parts
 * measure these only: `npm run bench -- suspend memory`.
 */
const withStock = !process.argv.includes('--without-stock') && process.getuid?.() === 0;
const bootRuns = 3;
const idleSeconds = 60;
const vm = 'service';
/** Stock systemd needs about two minutes under TCG. */
const stockTimeoutMs = 600_000;

type Bench = { readonly home: string; readonly client: EngineClient };

/** What is measured on a VM that runs already, by name. */
const parts: Readonly<Record<string, (bench: Bench) => Promise<Figure[]>>> = {
  memory: ({ client }) => memoryFigures({ client, vm, signal: scope.signal }),
  disk: ({ client }) => diskFigures({ client, vm, signal: scope.signal }),
  'data-path': (bench) => dataPathFigures({ ...bench, scope, vm }),
  tree: (bench) => processTreeFigures({ ...bench, scope: scope.child('process tree'), vm }),
  'self-tests': ({ client }) => selfTestFigures(client, vm),
  suspend: (bench) => suspendFigures({ ...bench, vm }),
};
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const unknown = named.find((name) => !(name in parts));
if (unknown !== undefined) {
  console.error(`bench: there is no part "${unknown}"; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}

const scope = new Scope('bench');
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => void scope.close().then(() => process.exit(1)));
try {
  console.log(`${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${new Date().toISOString()}`);
  console.log(`load before: ${(await readFile('/proc/loadavg', 'utf8')).trim()}\n`);
  console.log(figureTable(await measure()));
} finally {
  await scope.close();
}

async function measure(): Promise<Figure[]> {
  const { path: home, client } = await benchHome(scope);
  const { calls, info } = client;
  const say = (text: string): void => console.error(`bench: ${text}`);
  const runParts = async (names: readonly string[]): Promise<Figure[]> => {
    const figures: Figure[] = [];
    for (const name of names) {
      say(name);
      figures.push(...((await parts[name]?.({ home, client })) ?? []));
    }
    return figures;
  };
  if (named.length > 0) {
    await calls.vm.start({ vm });
    await calls.emulation.on({ vm, arch: 'arm64' });
    await importBusybox(home);
    const figures = await runParts(named);
    await calls.vm.stop({ vm, by: 'shut-down' });
    return figures;
  }

  say('composing once, to fill the cache');
  await calls.image.build({ arch: info.host.arch });
  await removeMatching(join(home, 'images'), /./);
  say('composing from the cache');
  const composeStarted = performance.now();
  const image = await calls.image.build({ arch: info.host.arch });
  const composeSeconds = (performance.now() - composeStarted) / 1_000;

  say('building the stock guest');
  const stockFolder = await mkdtemp(join(tmpdir(), 'fd-stock-'));
  scope.defer(() => rm(stockFolder, { recursive: true, force: true }));
  const stock = withStock ? await timed(async () => buildStockGuest(stockFolder, await mirror())) : null;

  const started = await calls.vm.start({ vm });
  const starts = await coldStarts(client, {
    vm,
    runs: bootRuns,
    onRun: (run) => say(`boot ${run} of ${bootRuns}`),
  });

  say('switching arm64 on: once to fetch, then with the package cached and nothing unpacked or uploaded');
  await calls.emulation.on({ vm, arch: 'arm64' });
  await calls.emulation.off({ vm, arch: 'arm64' });
  await removeMatching(join(home, 'cache', 'files'), /^qemu-user/);
  await guestCommand(['rm', '-rf', '/var/lib/foredeck/emulators']);
  const handler = await calls.emulation.on({ vm, arch: 'arm64' });

  say('the page');
  await importBusybox(home);
  const browser = await browserFigures(home, scope.child('browser'));

  say(`idle for ${idleSeconds} s`);
  const cpuBefore = await cpuSeconds(info.host.enginePid);
  await delay(idleSeconds * 1_000);
  const idlePercent = ((await cpuSeconds(info.host.enginePid)) - cpuBefore) / (idleSeconds / 100);
  const rss = await residentMegabytes(info.host.enginePid);

  const further = await runParts(Object.keys(parts));
  await calls.vm.stop({ vm, by: 'shut-down' });

  let stockBoot: number | null = null;
  if (stock) {
    say('booting the stock guest');
    stockBoot = (await bootStock(stock.result)) / 1_000;
  }
  return [
    {
      name: 'Docker answers on the host',
      value: median(starts.map((start) => start.docker ?? Number.NaN)),
      unit: 's',
      goal: 26,
      ratioGoal: 4,
      baseline: stockBoot === null ? null : { name: 'stock systemd', value: stockBoot },
      how: `from spawning QEMU (${started.accelerator}), median of ${bootRuns}`,
    },
    {
      name: 'guest image composed',
      value: composeSeconds,
      unit: 's',
      goal: 45,
      baseline: stock ? { name: 'mmdebstrap, not cached', value: stock.seconds } : null,
      how: `${image.packages} cached packages, one run`,
    },
    {
      name: 'root image',
      value: image.rootBytes / 1e6,
      unit: 'MB',
      goal: 250,
      baseline: null,
      how: 'squashfs, lz4',
    },
    {
      name: 'toggle on to proved',
      value: (handler.switchedOnMs ?? Number.NaN) / 1_000,
      unit: 's',
      goal: 10,
      baseline: null,
      how: 'arm64, .deb cached: unpack, upload, register, run',
    },
    {
      name: 'engine CPU, idle',
      value: idlePercent,
      unit: '%',
      goal: 1,
      baseline: null,
      how: `of a core, over ${idleSeconds} s`,
    },
    { name: 'engine memory, idle', value: rss, unit: 'MB', goal: 200, baseline: null, how: 'resident' },
    ...bootFigures(starts),
    ...browser,
    ...further,
  ];

  async function guestCommand(argv: string[]): Promise<void> {
    const { id } = await calls.guest.exec({ vm, argv });
    const stream = await client.openStream(`/exec/${id}`);
    await new Promise<void>((resolve) => {
      stream.onMessage(() => undefined);
      stream.onClose(() => resolve());
    });
  }
}

/** `busybox:amd64` and `busybox:arm64`, which containers are made of here. */
async function importBusybox(home: string): Promise<void> {
  const docker = new Dockerode({ socketPath: join(home, 'docker.sock') });
  for (const arch of ['amd64', 'arm64'] as const) {
    const tar = await writeBusyboxTar({ home, folder: home, arch });
    await drained(await docker.importImage(tar, { repo: 'busybox', tag: arch, platform: `linux/${arch}` }));
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const started = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - started) / 1_000 };
}

/** Where mmdebstrap gets the stock guest from: the mirror the host's apt uses, as the product does. */
async function mirror(): Promise<string> {
  const [first] = (await hostAptMirrors()).debian;
  return process.env.FOREDECK_MIRROR ?? first ?? 'http://ftp.debian.org/debian';
}

/** The same emulated processor, machine and sizes as the product's own VM under TCG. */
async function bootStock(guest: Awaited<ReturnType<typeof buildStockGuest>>): Promise<number> {
  return await bootStockGuest(guest, {
    binary: qemuBinaries.amd64,
    cpu: emulatedCpuModels.amd64,
    machine: 'q35',
    cpus: 2,
    memoryMiB: 2_048,
    sshPort: await freePort(),
    signal: AbortSignal.any([scope.signal, AbortSignal.timeout(stockTimeoutMs)]),
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== 'object' || address === null) throw new Error('no free port on loopback');
  return address.port;
}

async function drained(stream: NodeJS.ReadableStream): Promise<void> {
  stream.resume();
  await finished(stream);
}
