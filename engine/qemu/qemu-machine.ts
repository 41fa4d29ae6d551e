import { rm } from 'node:fs/promises';
import { z } from 'zod';
import type { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { EngineError } from '../base/engine-error.ts';
import { Publisher } from '../base/publisher.ts';
import type { VmPaths } from '../paths.ts';
import type { Machine, MachineExit, MachinePause, MachineSize } from '../vm/ports.ts';
import {
  folderArguments,
  folderSocketInShape,
  hasFolderDevice,
  plugFolderDevice,
  takesFolderDevice,
} from './folder-device.ts';
import { QemuHotDisks } from './hot-disks.ts';
import { cancelSave, loadGuest, requireSaving, saveGuest } from './migration.ts';
import { QemuPortForwards } from './port-forwards.ts';
import type { QemuProcess } from './qemu-process.ts';
import type { QmpClient, QmpEvent } from './qmp-client.ts';
import { resizeDataDisk } from './resize-disk.ts';
import { type RunFile, readRunFile, writeRunFile } from './run-file.ts';

const Status = z.object({ status: z.string() });
const Shutdown = z.object({ reason: z.string() });
const BlockIoError = z.object({
  action: z.string(),
  nospace: z.boolean().optional(),
  reason: z.string().default('unknown'),
});

/** A cancelled migration ends with the page being written. */
const cancelTimeoutMs = 30_000;

/** States of QEMU (qapi/run-state.json) in which a guest stands still because this program was saving or loading it. */
const savingStates = ['paused', 'finish-migrate', 'postmigrate'];

/** A running QEMU with its control connection. Made by `connect`, when QMP answers already. */
export class QemuMachine implements Machine {
  readonly uuid: string;
  readonly pid: number;
  readonly qemuVersion: string;
  readonly accelerator: Accelerator;
  /** Set once more when this machine's own trial is over. */
  trials: readonly AcceleratorTrial[];
  readonly sshPort: number;
  readonly spawnedAt: number;
  readonly bootedAt: number;
  readonly adopted: boolean;
  interrupted = false;
  readonly imageId: string;
  readonly kernelVersion: string;
  readonly size: MachineSize;
  readonly processor: string | null;
  shape: readonly string[];
  readonly forwards: QemuPortForwards;
  readonly disks: QemuHotDisks;
  readonly exited: Promise<MachineExit>;
  readonly #process: QemuProcess;
  readonly #qmp: QmpClient;
  readonly #runPath: string;
  readonly #pauses = new Publisher<MachinePause | null>();
  #pause: MachinePause | null = null;
  #shutdownCause: string | null = null;
  /** Its standing still is wanted and no pause to tell of. */
  #held = false;

  private constructor(input: MachineInput, sshPort: number) {
    const { run, paths } = input;
    this.uuid = run.uuid;
    this.pid = run.pid;
    this.qemuVersion = run.qemuVersion;
    this.accelerator = run.accelerator;
    this.trials = run.trials;
    this.sshPort = sshPort;
    this.spawnedAt = run.spawnedAt;
    this.bootedAt = run.bootedAt;
    this.adopted = input.adopted;
    this.imageId = run.imageId;
    this.kernelVersion = run.kernelVersion;
    this.size = run.size;
    this.processor = run.processor;
    this.shape = run.shape;
    this.forwards = new QemuPortForwards(input.qmp);
    this.disks = new QemuHotDisks(input.qmp);
    this.#process = input.process;
    this.#qmp = input.qmp;
    this.#runPath = paths.run;
    this.exited = input.process.exited.then(async (exit) => {
      input.qmp.close();
      await removeRunFiles(paths);
      return { ...exit, cause: this.#shutdownCause };
    });
  }

  /** Asks QEMU for what only it knows. Rejects when it does not answer; the process is then the caller's to end. */
  static async connect(input: MachineInput): Promise<QemuMachine> {
    const sshPort = await new QemuPortForwards(input.qmp).sshPort();
    const machine = new QemuMachine(input, sshPort);
    input.qmp.onEvent((event) => machine.#onEvent(event));
    const status = await machine.#status();
    machine.interrupted = input.adopted && savingStates.includes(status);
    machine.#held = machine.interrupted;
    if (!machine.#held) machine.#pause ??= pauseOfStatus(status);
    return machine;
  }

  get pause(): MachinePause | null {
    return this.#pause;
  }

  onPause(listener: (pause: MachinePause | null) => void): () => void {
    return this.#pauses.listen(listener);
  }

  async resume(): Promise<void> {
    await this.#qmp.execute('cont', z.unknown());
    this.interrupted = false;
    this.#held = false;
  }

  async save(options: { path: string; onStopped: () => void; signal: AbortSignal }): Promise<void> {
    const { path, onStopped, signal } = options;
    requireSaving(this.qemuVersion);
    this.#held = true;
    await this.#qmp.execute('stop', z.unknown());
    const status = await this.#status();
    if (status !== 'paused') throw notStopped(status);
    onStopped();
    try {
      await saveGuest(this.#qmp, path, signal);
    } catch (thrown) {
      await this.cancelSave();
      throw thrown;
    }
  }

  /** Whatever became of a save, QEMU writes nothing any more afterwards. */
  async cancelSave(): Promise<void> {
    await cancelSave(this.#qmp, AbortSignal.timeout(cancelTimeoutMs));
  }

  /** Fills a QEMU that waits for a saved memory; its guest stands still then. */
  async load(path: string, signal: AbortSignal): Promise<void> {
    this.#held = true;
    await loadGuest(this.#qmp, path, signal);
  }

  async growDataDisk(sizeBytes: number): Promise<void> {
    await resizeDataDisk(this.#qmp, sizeBytes);
  }

  get folders(): Machine['folders'] {
    if (hasFolderDevice(this.shape)) return 'plugged';
    return takesFolderDevice(this.shape) ? 'possible' : 'impossible';
  }

  async plugFolders(socketPath: string): Promise<void> {
    await plugFolderDevice(this.#qmp, socketPath);
    this.shape = [...this.shape, ...folderArguments(folderSocketInShape)];
    const run = await readRunFile(this.#runPath);
    if (run) await writeRunFile(this.#runPath, { ...run, shape: [...this.shape] });
  }

  async powerDown(): Promise<void> {
    await this.#qmp.execute('system_powerdown', z.unknown());
  }

  async quit(): Promise<void> {
    await this.#qmp.execute('quit', z.unknown());
  }

  terminate(graceMs?: number): Promise<void> {
    return this.#process.terminate(graceMs);
  }

  detach(): void {
    this.#qmp.close();
  }

  async #status(): Promise<string> {
    return (await this.#qmp.execute('query-status', Status)).status;
  }

  #onEvent({ event, data }: QmpEvent): void {
    if (event === 'SHUTDOWN') this.#shutdownCause = Shutdown.safeParse(data).data?.reason ?? null;
    if (event === 'RESUME') this.#setPause(null);
    // A STOP follows the block error which explains it.
    if (event === 'STOP' && !this.#pause && !this.#held) {
      this.#setPause({ reason: 'other', detail: 'QEMU stopped the guest' });
    }
    if (event === 'BLOCK_IO_ERROR') {
      const error = BlockIoError.safeParse(data);
      if (!error.success || error.data.action !== 'stop') return;
      const reason = error.data.nospace ? 'disk_full' : 'disk_error';
      this.#setPause({ reason, detail: error.data.reason });
    }
  }

  #setPause(pause: MachinePause | null): void {
    if (pause === this.#pause) return;
    this.#pause = pause;
    this.#pauses.publish(pause);
  }
}

export interface MachineInput {
  readonly run: RunFile;
  readonly process: QemuProcess;
  readonly qmp: QmpClient;
  readonly paths: VmPaths;
  readonly adopted: boolean;
}

/** What a QEMU that is gone may have left behind. */
export async function removeRunFiles(paths: VmPaths): Promise<void> {
  await rm(paths.qmpSocket, { force: true });
  await rm(paths.pidFile, { force: true });
  // Last: as long as it is there, the rest may be.
  await rm(paths.run, { force: true });
}

function notStopped(status: string): EngineError {
  return new EngineError({
    code: 'qemu_failed',
    message: `QEMU says "${status}" where it should have stopped.`,
  });
}

/** States of QEMU (qapi/run-state.json) in which the guest stands still, though nobody asked it to. */
function pauseOfStatus(status: string): MachinePause | null {
  if (status === 'io-error') return { reason: 'disk_error', detail: 'a write to the data disk failed' };
  if (status === 'paused' || status === 'internal-error' || status === 'guest-panicked')
    return { reason: 'other', detail: `QEMU says "${status}"` };
  return null;
}
