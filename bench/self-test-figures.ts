import type { Handler, SelfTestStepId } from '../contract/records.ts';
import { untilState } from '../e2e/real/engine-state.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { type Figure, median } from './figure.ts';

/** The steps which wait for Docker; the others are one round trip to the guest. */
const lateSteps: readonly SelfTestStepId[] = ['busybox', 'docker'];

/** Switches every foreign architecture on: how long their proofs take, and what emulation costs in this VM. */
export async function selfTestFigures(client: EngineClient, vm: string): Promise<Figure[]> {
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
    {
      name: 'self-test, slowest of one',
      value: Math.max(...early),
      unit: 's',
      goal: 3,
      baseline: null,
      how: `entry to system calls, of ${handlers.length} architectures`,
    },
    {
      name: 'self-test, all together',
      value: early.reduce((sum, seconds) => sum + seconds, 0),
      unit: 's',
      goal: 25,
      baseline: null,
      how: names,
    },
    {
      name: 'busybox and docker run',
      value: median(late),
      unit: 's',
      goal: null,
      baseline: null,
      how: `afterwards, median of one architecture; loops and an exec cost ${prices.join('; ')}`,
    },
  ];
}

function emulatedOf(handlers: readonly Handler[]): Handler[] {
  return handlers.filter(({ state }) => state === 'on');
}
