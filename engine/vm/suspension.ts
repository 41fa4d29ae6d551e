import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { Settings } from '../../contract/records.ts';
import type { SavedState } from '../../contract/saved-state.ts';
import { type EngineError, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { VmPaths } from '../paths.ts';
import type { ComposedImage, GuestImages, Hypervisor, Machine, MachineSpawn, VmRecord } from './ports.ts';
import { fileStamp, type SavedManifest, SavedMemory } from './saved-memory.ts';
import { savedStateUnusable } from './vm-errors.ts';

export interface SuspensionOptions {
  readonly vm: VmRecord;
  readonly paths: VmPaths;
  readonly hypervisor: Hypervisor;
  readonly images: GuestImages;
  readonly settings: () => Settings;
  readonly log: Log;
}

/** The saved state of one VM: whether there is one, whether it can still be used, and its one use. */
export class Suspension {
  readonly memory: SavedMemory;
  readonly #options: SuspensionOptions;

  constructor(options: SuspensionOptions) {
    this.#options = options;
    this.memory = new SavedMemory(options.paths);
  }

  /** What there is to tell of it; null when there is none. Never rejects. */
  async look(): Promise<SavedState | null> {
    let savedAt = 0;
    let problem: EngineError | null = null;
    try {
      const manifest = await this.#read();
      if (!manifest) return null;
      savedAt = manifest.savedAt;
      await this.#check(manifest, neverAborted);
    } catch (thrown) {
      problem = toEngineError(thrown);
    }
    return { savedAt, bytes: await this.memory.allocatedBytes(), problem: problem?.toWire() ?? null };
  }

  /**
   * Loads the saved memory, consumes it, and lets the guest go on; null when there is none. Throws
   * `saved_state_unusable`. When it throws nothing runs, and `look` tells whether the state is still there.
   */
  async resume(onSpawn: (spawned: MachineSpawn) => void, signal: AbortSignal): Promise<Machine | null> {
    const { hypervisor, paths, settings, vm, log } = this.#options;
    const manifest = await this.#read();
    if (!manifest) return null;
    const image = await this.#check(manifest, signal);
    const { bootedAt, identity, trials } = manifest;
    const { cpuModel } = settings();
    const resume = { vm, paths, image, identity, cpuModel, trials, bootedAt, onSpawn, signal };
    const machine = await hypervisor.resume(resume);
    log.info({ vm: vm.name }, 'resume: loaded');
    try {
      signal.throwIfAborted();
      // From here on there is no saved state, so the loaded guest may run.
      await this.memory.consume();
      log.info({ vm: vm.name }, 'resume: consumed');
      await machine.resume();
      log.info({ vm: vm.name }, 'resume: running');
      return machine;
    } catch (thrown) {
      await machine.terminate();
      await machine.exited;
      throw thrown;
    }
  }

  /** After an engine that was killed: takes over its QEMU, in whatever step of suspending or resuming that is. */
  async adopt(signal: AbortSignal): Promise<Machine | null> {
    const { hypervisor, paths, vm } = this.#options;
    const statePublished = await this.memory.published();
    const machine = await hypervisor.adopt({ vm, paths, statePublished, signal });
    // A guest that runs, or is about to, makes every saved state one of the past; half of one never was one.
    if (machine || !statePublished) await this.memory.discard();
    if (machine?.interrupted) await machine.resume();
    return machine;
  }

  async #read(): Promise<SavedManifest | null> {
    try {
      return await this.memory.read();
    } catch (thrown) {
      throw this.#unusable(thrown);
    }
  }

  /** The image to resume with, when the state can be used now. Throws `saved_state_unusable`, which says why not. */
  async #check(manifest: SavedManifest, signal: AbortSignal): Promise<ComposedImage> {
    const { hypervisor, paths, settings, vm } = this.#options;
    const { accelerator, cpuModel } = settings();
    const wanted = { accelerator, cpuModel };
    try {
      const image = await this.#image(manifest);
      const changed = await hypervisor.misfit({
        vm,
        paths,
        image,
        identity: manifest.identity,
        wanted,
        signal,
      });
      if (changed !== null) throw new Error(`it was suspended with ${changed}`);
      const problem = await this.memory.misfit(manifest);
      if (problem !== null) throw new Error(problem);
      return image;
    } catch (thrown) {
      signal.throwIfAborted();
      throw this.#unusable(thrown);
    }
  }

  /** The image which the guest runs from, not a newer one: a disk must not change under its kernel. */
  async #image({ imageId, root }: SavedManifest): Promise<ComposedImage> {
    const image = await this.#options.images.byId(imageId);
    const stamp = image ? await fileStamp(image.rootPath).catch(() => null) : null;
    if (!image || !stamp) throw new Error(`its guest image "${imageId}" is gone`);
    const untouched = stamp.bytes === root.bytes && stamp.modifiedMs === root.modifiedMs;
    if (untouched || (await sha256(image.rootPath)) === root.sha256) return image;
    throw new Error(`its guest image "${imageId}" has been changed since`);
  }

  #unusable(thrown: unknown): EngineError {
    const { message } = toEngineError(thrown);
    return savedStateUnusable(this.#options.vm.name, message.replace(/\.$/, ''), thrown);
  }
}

/** A look at a few files ends by itself. */
const neverAborted = new AbortController().signal;

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
