import type { Arch } from '../../contract/arch.ts';
import type { HandlerUse } from '../../contract/emulation.ts';
import { toEngineError } from '../../engine/base/engine-error.ts';
import type { EngineClient } from '../../engine/client/connect-engine.ts';
import { ask, canAsk } from '../ask.ts';
import { note } from '../output.ts';
import { printable } from '../printable.ts';

/** Processes named for each container; the rest is counted. */
const namedProcesses = 5;

/**
 * Says what runs under the handlers and what breaks, and asks where a person can answer. True: go on. Without a
 * terminal nobody is asked: a script that says off means it.
 */
export async function confirmOff(
  engine: EngineClient,
  vm: string,
  arches: readonly Arch[],
): Promise<boolean> {
  const uses = await Promise.all(arches.map((arch) => useOf(engine, vm, arch)));
  const used = uses.filter((use) => use !== null && isUsed(use));
  if (used.length === 0) return true;
  for (const use of used) if (use) sayUse(use);
  return canAsk() ? await ask(`Switch ${arches.length === 1 ? arches[0] : 'them all'} off?`) : true;
}

/** Null when the VM is away: then nothing runs. */
async function useOf(engine: EngineClient, vm: string, arch: Arch): Promise<HandlerUse | null> {
  try {
    return await engine.calls.emulation.use({ vm, arch });
  } catch (thrown) {
    if (toEngineError(thrown).code === 'wrong_state') return null;
    throw thrown;
  }
}

function isUsed({ containers, others }: HandlerUse): boolean {
  return containers.length > 0 || others.length > 0;
}

function sayUse({ containers, others, consequences }: HandlerUse): void {
  for (const { name, processes, emulatorVersions } of containers) {
    const versions = emulatorVersions.length > 0 ? ` (QEMU ${emulatorVersions.join(', ')})` : '';
    note(printable(`${name}${versions}`));
    sayProcesses(processes);
  }
  if (others.length > 0) note('outside of containers');
  sayProcesses(others);
  for (const words of consequences) note(printable(words));
}

function sayProcesses(processes: HandlerUse['others']): void {
  for (const { pid, argv } of processes.slice(0, namedProcesses)) {
    note(`  ${pid}  ${printable(argv.join(' '))}`);
  }
  const rest = processes.length - namedProcesses;
  if (rest > 0) note(`  and ${rest} more`);
}
