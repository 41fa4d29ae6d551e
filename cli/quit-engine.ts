import type { Vm } from '../contract/records.ts';
import { applyChanges, type State } from '../contract/state.ts';
import { EngineError } from '../engine/base/engine-error.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { withProgress } from './progress.ts';
import { restingLine } from './vm-lines.ts';

/** From the answer to the process's end: nothing is left to do but to exit. */
const exitDeadlineMs = 10_000;
const exitPollMs = 20;

/** A VM as an engine left it. */
export interface LeftVm {
  readonly name: string;
  readonly state: Vm['state'];
  /** What happened to it, as a sentence. */
  readonly line: string;
}

/** Ends the engine, its VMs before it. Resolves with what became of each when its process is gone. */
export async function quitEngine(engine: EngineClient): Promise<LeftVm[]> {
  const states = watchedVms(engine);
  await withProgress(engine, {}, async () => {
    await engine.calls.engine.quit();
    await engine.closed;
  });
  const { first, last } = await states;
  await untilGone(engine.info.host.enginePid);
  return Object.values(last).map((vm) => ({
    name: vm.name,
    state: vm.state,
    line: vm.state === first[vm.name]?.state ? `VM ${vm.name} was ${vm.state} already.` : restingLine(vm),
  }));
}

/** The VMs now and when the engine is gone; both empty where an engine of another version tells it otherwise. */
async function watchedVms(engine: EngineClient): Promise<{ first: State['vms']; last: State['vms'] }> {
  let first: State['vms'] = {};
  let state: State | undefined;
  try {
    for await (const update of await engine.calls.state.watch()) {
      if (update.type === 'snapshot') state = update.state;
      else if (state) state = applyChanges(state, update.changes);
      if (Object.keys(first).length === 0) first = state?.vms ?? {};
    }
  } catch {
    // The stream ends with the connection.
  }
  return { first, last: state?.vms ?? {} };
}

/** The process ends right after its connections; a command after this one must not meet it. */
async function untilGone(pid: number): Promise<void> {
  const deadline = Date.now() + exitDeadlineMs;
  while (Date.now() < deadline) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, exitPollMs));
  }
  throw new EngineError({
    code: 'wrong_state',
    message: `The engine has stopped its VMs, but its process ${pid} does not end.`,
    hint: `End it with: kill ${pid}`,
  });
}
