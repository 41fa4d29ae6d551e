import type { Arch } from '../../contract/arch.ts';
import type { Process } from '../../contract/process-tree.ts';
import type { DockerCli, Handler, Host, Vm } from '../../contract/records.ts';
import { applyChanges, type State } from '../../contract/state.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';

/** What the command line prints with `--json`, as far as the specs look at it. */
export interface EngineState {
  readonly status: { host: Host & { dockerCli: DockerCli }; vms: Vm[] };
  readonly handlers: Handler[];
  readonly containers: {
    name: string;
    arch: Arch | null;
    emulated: boolean;
    emulator: string | null;
    processes: Process[];
  }[];
}

/** Resolves with the first state for which `holds`, a barrier which the engine itself reports. */
export async function untilState(
  client: EngineClient,
  what: string,
  holds: (state: State) => boolean,
): Promise<State> {
  let state: State | undefined;
  for await (const update of await client.calls.state.watch()) {
    state = update.type === 'snapshot' ? update.state : state && applyChanges(state, update.changes);
    if (state && holds(state)) return state;
  }
  throw new Error(`the engine went away before ${what}`);
}
