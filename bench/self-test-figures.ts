import { join } from 'node:path';
import type { Handler, SelfTestStepId } from '../contract/records.ts';
import { untilState } from '../e2e/real/engine-state.ts';
import type { Bench } from './bench.ts';
import { removeMatching } from './bench-home.ts';
import type { Figure } from './figure.ts';

/** The steps which wait for Docker; the others are one round trip to the guest. */
const lateSteps: readonly SelfTestStepId[] = ['busybox', 'docker'];

const toggles = 3;

/**
 * How long switching one emulator on takes, then all of them: how long their proofs take, and what emulation costs in
 * this VM.
 */
export async function selfTestFigures(bench: Bench): Promise<Figure[]> {
  const { client, vm } = bench;
  await bench.running();
  const toggle = await toggleFigure(bench);
  await client.calls.emulation.all({ vm, to: 'on' });
  const state = await untilState(client, 'every proof is complete and every price known', ({ handlers }) =>
    emulatedOf(Object.values(handlers)).every(
      ({ lastTest, price }) => lastTest?.complete === true && price !== null,
    ),
  );
  const handlers = emulatedOf(Object.values(state.handlers));
  const early = handlers.map(({ lastTest }) => (lastTest?.ms ?? Number.NaN) / 1_000);
  const late = handlers.map(({ lastTest }) =>
    (lastTest?.steps ?? [])
      .filter(({ id }) => lateSteps.includes(id))
      .reduce((sum, { ms }) => sum + ms / 1_000, 0),
  );
  const names = handlers.map(({ arch }) => arch).join(', ');
  const prices = handlers.flatMap(({ arch, price }) =>
    price ? [`${arch} ${price.loopFactor.toFixed(1)}x, ${price.emulatedExecMs.toFixed(0)} ms`] : [],
  );
  return [
    toggle,
    {
      name: 'self-test, slowest of one',
      unit: 's',
      measured: [Math.max(...early)],
      goal: 3,
      baseline: null,
      how: `entry to system calls, of ${handlers.length} architectures`,
    },
    {
      name: 'self-test of one',
      unit: 's',
      measured: early,
      goal: null,
      baseline: null,
      how: 'one measurement an architecture',
    },
    {
      name: 'self-test, all together',
      unit: 's',
      measured: [early.reduce((sum, seconds) => sum + seconds, 0)],
      goal: 25,
      baseline: null,
      how: names,
    },
    {
      name: 'busybox and docker run',
      unit: 's',
      measured: late,
      goal: null,
      baseline: null,
      how: `afterwards, one measurement an architecture; loops and an exec cost ${prices.join('; ')}`,
    },
  ];
}

/** From the click to proved, with the package in the cache and nothing of it unpacked or uploaded. */
async function toggleFigure(bench: Bench): Promise<Figure> {
  const { client, foreign: arch, home, vm } = bench;
  bench.say(`switching ${arch} on, ${toggles} times`);
  // Once to fetch the package.
  await client.calls.emulation.on({ vm, arch });
  const measured: number[] = [];
  for (let run = 0; run < toggles; run += 1) {
    await client.calls.emulation.off({ vm, arch });
    await removeMatching(join(home, 'cache', 'files'), /^qemu-user/);
    await bench.inGuest(['rm', '-rf', '/var/lib/foredeck/emulators']);
    const { switchedOnMs } = await client.calls.emulation.on({ vm, arch });
    measured.push((switchedOnMs ?? Number.NaN) / 1_000);
  }
  const how = `${arch}, .deb cached: unpack, upload, register, run`;
  return { name: 'toggle on to proved', unit: 's', measured, goal: 10, baseline: null, how };
}

function emulatedOf(handlers: readonly Handler[]): Handler[] {
  return handlers.filter(({ state }) => state === 'on');
}
