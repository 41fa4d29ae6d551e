import { access, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Log } from '../base/log.ts';
import type { VmPaths } from '../paths.ts';
import type { Machine, VmRecord } from '../vm/ports.ts';
import { QemuMachine, removeRunFiles } from './qemu-machine.ts';
import { adoptQemu, isQemuOf, settledWithin, terminateLeftover } from './qemu-process.ts';
import { QmpClient } from './qmp-client.ts';
import { readRunFile } from './run-file.ts';

/** A QEMU that runs answers at once; one whose client was killed has noticed that by now. */
const connectTimeoutMs = 5_000;

/** QEMU's own clean end, asked for by `quit`. */
const quitTimeoutMs = 10_000;

const Uuid = z.object({ UUID: z.string() });

/**
 * Takes over the QEMU of a VM from an engine that is gone: it must answer on the VM's control socket with the VM's
 * UUID, and its boot must have been proved. Anything else is ended (if it is this VM's QEMU) and its files removed; so
 * is one whose guest stands still while its memory is published as saved, since that memory would be used twice.
 * Returns null when nothing is left running.
 */
export async function adoptMachine(options: {
  vm: VmRecord;
  paths: VmPaths;
  statePublished: boolean;
  log: Log;
  signal: AbortSignal;
}): Promise<Machine | null> {
  const { vm, paths, statePublished, log } = options;
  const run = await readRunFile(paths.run);
  const qmp = await connectToOurs(options);
  const ours = run?.proved && run.uuid === vm.uuid && (await isQemuOf(run.pid, vm.uuid));
  if (qmp && ours && !(await isLoading(qmp))) {
    const process = adoptQemu({ pid: run.pid, uuid: vm.uuid, logPath: paths.qemuLog, mayBeGone: qmp.closed });
    try {
      const machine = await QemuMachine.connect({ run, process, qmp, paths, adopted: true });
      if (!(machine.interrupted && statePublished)) {
        if (machine.interrupted) await machine.cancelSave();
        log.info({ vm: vm.name, pid: run.pid }, 'adopted a running QEMU');
        return machine;
      }
      log.info({ vm: vm.name, pid: run.pid }, 'ending a QEMU whose memory is saved');
      await endSaved(machine);
      return null;
    } catch (thrown) {
      // It was on its way out.
      if (!(await settledWithin(qmp.closed, 0))) throw thrown;
    }
  }
  if (qmp) {
    log.warn({ vm: vm.name }, 'ending a QEMU which an earlier engine left half started');
    await qmp.execute('quit', z.unknown()).catch(() => undefined);
    await settledWithin(qmp.closed, quitTimeoutMs);
    qmp.close();
  }
  // Where QMP did not help, the pids written down may; both are checked against the UUID before anything is killed.
  for (const pid of [run?.pid, await readPid(paths.pidFile)]) {
    if (pid !== undefined) await terminateLeftover(pid, vm.uuid, paths.qemuLog);
  }
  await removeRunFiles(paths);
  return null;
}

/** Whether QEMU has not got all of a saved memory; one that is on its way out is not loading. */
async function isLoading(qmp: QmpClient): Promise<boolean> {
  const answer = await qmp.execute('query-status', z.object({ status: z.string() })).catch(() => null);
  return answer?.status === 'inmigrate';
}

async function endSaved(machine: QemuMachine): Promise<void> {
  await machine.quit().catch(() => undefined);
  if (!(await settledWithin(machine.exited, quitTimeoutMs))) await machine.terminate();
  await machine.exited;
}

/** A control connection to this VM's QEMU; undefined when nobody answers, or somebody else does. */
async function connectToOurs(options: {
  vm: VmRecord;
  paths: VmPaths;
  signal: AbortSignal;
}): Promise<QmpClient | undefined> {
  const path = options.paths.qmpSocket;
  if (!(await exists(path))) return undefined;
  let qmp: QmpClient | undefined;
  try {
    qmp = await QmpClient.connect({ path, timeoutMs: connectTimeoutMs, signal: options.signal });
    const { UUID } = await qmp.execute('query-uuid', Uuid);
    if (UUID === options.vm.uuid) return qmp;
  } catch {
    options.signal.throwIfAborted();
  }
  qmp?.close();
  return undefined;
}

async function readPid(path: string): Promise<number | undefined> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 1 ? pid : undefined;
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
