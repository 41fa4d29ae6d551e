import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from './bench.ts';
import { dockerCliOf } from './docker-cli.ts';
import type { Figure } from './figure.ts';

const cycles = 3;

/** Longer than the connection needs to be given up, so that everything has to come back. */
const standstillMs = 20_000;

/** Between two looks whether something is back. */
const lookMs = 50;

/** What is not back by then is not coming. */
const giveUpMs = 120_000;

/** A clock which is right to a second cannot be told from one that is read a moment later. */
const clockToleranceMs = 1_500;

const port = 18_080;
const container = 'foredeck-bench-wake';

/**
 * What a person waits for after the computer has slept: QEMU stands still for longer than a connection lives and goes on,
 * then everything that is used is asked for at once, over and over. The baseline is the same in a VM that did not sleep.
 */
export async function wakeFigures(bench: Bench): Promise<Figure[]> {
  const { pid } = await bench.withImages();
  const cli = await dockerCliOf(bench);
  const serve = 'echo awake >/tmp/index.html; exec httpd -f -p 80 -h /tmp';
  await cli.ok([
    ...['run', '-d', '--name', container, '-p', `127.0.0.1:${port}:80`],
    ...[`busybox:${bench.native}`, 'sh', '-c', serve],
  ]);
  bench.scope.defer(async () => {
    await bench.docker.getContainer(container).remove({ force: true });
  });
  const looks: readonly Look[] = [
    { name: 'Docker answers on its socket', look: async () => void (await bench.docker.version()) },
    { name: 'a published port answers', look: () => askPort() },
    { name: "the guest's clock is right", look: () => askClock(bench) },
    {
      name: `an emulated container has run`,
      look: () =>
        cli.ok(['run', '--rm', '--platform', `linux/${bench.foreign}`, `busybox:${bench.foreign}`, 'true']),
    },
  ];
  const measured = looks.map((): number[] => []);
  const baselines = looks.map((): number[] => []);
  const all = async (into: number[][]): Promise<void> => {
    const seconds = await Promise.all(looks.map(({ look }) => secondsUntil(look, bench.scope.signal)));
    for (const [at, value] of seconds.entries()) into[at]?.push(value);
  };
  for (let cycle = 0; cycle < cycles; cycle += 1) {
    bench.say(`asleep for ${standstillMs / 1_000} s`);
    await all(baselines);
    process.kill(pid, 'SIGSTOP');
    try {
      await delay(standstillMs, undefined, { signal: bench.scope.signal });
    } finally {
      process.kill(pid, 'SIGCONT');
    }
    await all(measured);
  }
  return looks.map(({ name }, at) => ({
    name: `after a wake ${name}`,
    unit: 's',
    measured: measured[at] ?? [],
    goal: 5,
    baseline: { name: 'without a sleep', measured: baselines[at] ?? [] },
    how: `QEMU stopped for ${standstillMs / 1_000} s (SIGSTOP); all asked for at once from SIGCONT on`,
  }));
}

interface Look {
  readonly name: string;
  /** Rejects while it is not back. */
  readonly look: () => Promise<unknown>;
}

async function secondsUntil(look: () => Promise<unknown>, signal: AbortSignal): Promise<number> {
  const begun = performance.now();
  for (;;) {
    const passed = await look().then(
      () => true,
      (thrown: unknown) => {
        if (performance.now() - begun > giveUpMs) throw thrown;
        return false;
      },
    );
    if (passed) return (performance.now() - begun) / 1_000;
    await delay(lookMs, undefined, { signal });
  }
}

async function askPort(): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2_000) });
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
}

async function askClock(bench: Bench): Promise<void> {
  const askedAt = Date.now();
  const said = Number(await bench.inGuest(['date', '+%s%3N']));
  // It was said at some time between.
  const offMs = Math.max(askedAt - said, said - Date.now());
  if (offMs > clockToleranceMs) throw new Error(`the guest's clock is wrong by ${offMs} ms`);
}
