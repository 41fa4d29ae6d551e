import type { Log } from '../base/log.ts';
import type { GuestLink, Machine, MachineExit } from './ports.ts';

/** Containers get Docker's ten seconds to end, an emulated guest takes its time on top. */
const poweroffTimeoutMs = 45_000;

/** Only reached when the guest does not listen any more; its power button is likely to be ignored as well. */
const powerButtonTimeoutMs = 8_000;

/** QEMU writes back and closes its disks. */
const quitTimeoutMs = 10_000;

/** SIGTERM makes QEMU write back and close its disks as well, should `quit` not have reached it. */
const graceTimeoutMs = 10_000;

export interface StopTimeouts {
  readonly poweroffMs: number;
  readonly powerButtonMs: number;
  readonly quitMs: number;
  /** Between SIGTERM and SIGKILL. */
  readonly graceMs: number;
}

const usualTimeouts: StopTimeouts = {
  poweroffMs: poweroffTimeoutMs,
  powerButtonMs: powerButtonTimeoutMs,
  quitMs: quitTimeoutMs,
  graceMs: graceTimeoutMs,
};

/**
 * Ends a VM by ever harder means until its exit is confirmed: the guest's own `poweroff`, the power button, QEMU's
 * `quit`, SIGTERM, SIGKILL. A guest that stands still (disk full) cannot end itself, so the first two are skipped.
 */
export async function stopMachine(options: {
  machine: Machine;
  link: GuestLink | null;
  log: Log;
  timeouts?: StopTimeouts;
}): Promise<MachineExit> {
  const { machine, link, log } = options;
  const timeouts = options.timeouts ?? usualTimeouts;
  const guestRuns = machine.pause === null;
  const steps: { name: string; timeoutMs: number; ask: () => Promise<unknown> }[] = [];
  if (link && !link.signal.aborted && guestRuns)
    steps.push({ name: 'poweroff', timeoutMs: timeouts.poweroffMs, ask: () => poweroff(link) });
  if (guestRuns)
    steps.push({
      name: 'power button',
      timeoutMs: timeouts.powerButtonMs,
      ask: () => machine.powerDown(),
    });
  for (const { name, timeoutMs, ask } of steps) {
    const exit = await exitAfter(machine, ask, timeoutMs);
    if (exit) return exit;
    log.warn({ pid: machine.pid, step: name }, 'the VM did not end; trying harder');
  }
  return await endMachine(machine, log, timeouts);
}

/** Ends QEMU and asks its guest nothing; its exit is confirmed. */
export async function endMachine(
  machine: Machine,
  log: Log,
  timeouts: Pick<StopTimeouts, 'quitMs' | 'graceMs'> = usualTimeouts,
): Promise<MachineExit> {
  const exit = await exitAfter(machine, () => machine.quit(), timeouts.quitMs);
  if (exit) return exit;
  log.warn({ pid: machine.pid, step: 'quit' }, 'the VM did not end; trying harder');
  await machine.terminate(timeouts.graceMs);
  return await machine.exited;
}

/** The exit, when it comes in time; undefined when asking failed or the time is up. */
async function exitAfter(
  machine: Machine,
  ask: () => Promise<unknown>,
  timeoutMs: number,
): Promise<MachineExit | undefined> {
  const { promise: over, resolve: giveUp } = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => giveUp(undefined), timeoutMs);
  ask().catch(() => giveUp(undefined));
  try {
    return await Promise.race([machine.exited, over]);
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves when the guest's init was told, or the connection broke because the guest is going down already. */
async function poweroff(link: GuestLink): Promise<void> {
  try {
    const { code, stderr } = await link.exec(['poweroff']);
    if (code !== 0) throw new Error(`poweroff: exit code ${code}: ${stderr}`);
  } catch (thrown) {
    if (!link.signal.aborted) throw thrown;
  }
}
