import { once } from 'node:events';
import { setInterval } from 'node:timers/promises';
import { bootStageIds } from '../../contract/records.ts';
import { hostileName } from './container-records.ts';
import { startFakeApp } from './fake-app.ts';
import type { FakeEngine } from './fake-engine.ts';
import { fillObjects } from './fill-objects.ts';
import { fillProcesses } from './processes.ts';
import { bootTimesMs } from './records.ts';
import { type ScenarioName, scenario, scenarioNames } from './scenarios.ts';

/**
 * Serves the built page with a fake engine, to look at: `node e2e/fake/main.ts full`. In the scenario `starting` the
 * boot goes on by itself. Ends with Ctrl-C.
 */
const name = scenarioNames.find((candidate) => candidate === process.argv[2]);
if (!name) {
  console.error(`usage: node e2e/fake/main.ts ${scenarioNames.join('|')}`);
  process.exitCode = 2;
} else {
  await serve(name);
}

async function serve(chosen: ScenarioName): Promise<void> {
  const app = await startFakeApp(scenario(chosen));
  fillProcesses(app.engine);
  fillObjects(app.engine, hostileName);
  console.log(app.newUrl());
  const ended = new AbortController();
  if (chosen === 'starting') void boot(app.engine, ended.signal).catch(() => undefined);
  await once(process, 'SIGINT');
  ended.abort();
  await app.close();
}

async function boot(engine: FakeEngine, signal: AbortSignal): Promise<void> {
  for await (const _tick of setInterval(100, undefined, { signal })) {
    const vm = engine.state.vms.service;
    const startedAt = vm?.boot.startedAt;
    if (!vm || startedAt == null || vm.state !== 'starting') continue;
    const elapsedMs = Date.now() - startedAt;
    const stages = bootStageIds.map((id) => ({
      id,
      atMs: bootTimesMs[id] <= elapsedMs ? bootTimesMs[id] : null,
      problem: null,
    }));
    const done = stages.every((stage) => stage.atMs !== null);
    engine.changeVm({ boot: { startedAt, stages }, state: done ? 'running' : 'starting' });
  }
}
