import { randomUUID } from 'node:crypto';
import { mkdir, open, rename, rm, stat, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { readFileIfAny, syncFolder, writeFileAtomic } from '../base/atomic-file.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import type { VmPaths } from '../paths.ts';
import { allocatedBytes } from './host-usage.ts';

/** A file as it was: the same size and time mean that nobody has written to it since. */
const FileStamp = z.object({ bytes: z.number().int().nonnegative(), modifiedMs: z.number() });
type FileStamp = z.infer<typeof FileStamp>;

/** `state/manifest.json`: what the memory beside it fits. */
export const SavedManifest = z.object({
  version: z.literal(1),
  /** Epoch milliseconds. */
  savedAt: z.number(),
  /** Of the guest's boot. */
  bootedAt: z.number(),
  imageId: z.string(),
  root: FileStamp.extend({ sha256: z.string() }),
  identity: z.object({
    qemuVersion: z.string(),
    accelerator: Accelerator,
    processor: z.string().nullable(),
    size: z.object({ cpus: z.number().int(), memoryMiB: z.number().int() }),
    shape: z.array(z.string()),
  }),
  trials: z.array(AcceleratorTrial),
  memory: z.object({ bytes: z.number().int().positive() }),
  disk: FileStamp.extend({ generation: z.string() }),
});
export type SavedManifest = z.infer<typeof SavedManifest>;

/** Makes backup programs leave out the folder it lies in (https://bford.info/cachedir/). */
const cacheTag = 'Signature: 8a477f597d28d172789f06886806bc55\nMemory of a suspended VM, used once.\n';

/**
 * The files of a suspended VM. There is a saved state when the manifest is there and names the disk's generation; both
 * change before the guest runs, so that no memory is ever used twice. Everything here is durable when it resolves.
 */
export class SavedMemory {
  readonly #paths: VmPaths;

  constructor(paths: VmPaths) {
    this.#paths = paths;
  }

  /** Where QEMU writes the memory to and reads it from. */
  get path(): string {
    return this.#paths.savedMemory;
  }

  /** A folder on the disk which it lies on. */
  get volume(): string {
    return this.#paths.root;
  }

  /**
   * Null when there is none; one which does not belong to the disk's generation has been used, and is none. Throws
   * `saved_state_unusable` for one that this version does not understand.
   */
  async read(): Promise<SavedManifest | null> {
    const text = await readFileIfAny(this.#paths.savedManifest);
    if (text === undefined) return null;
    const manifest = parse(text);
    if (manifest) return manifest.disk.generation === (await this.#generation()) ? manifest : null;
    throw new EngineError({
      code: 'saved_state_unusable',
      message: `${this.#paths.savedManifest} cannot be understood; another version of Foredeck may have written it.`,
    });
  }

  /** Whether a VM is suspended here, be its memory of use or not. */
  async published(): Promise<boolean> {
    return await this.read().then(
      (manifest) => manifest !== null,
      () => true,
    );
  }

  /** Space which the memory takes on the host. */
  async allocatedBytes(): Promise<number> {
    return await allocatedBytes(this.path).catch(() => 0);
  }

  /** Room for a memory to be saved to; what an earlier try left is gone. */
  async prepare(): Promise<void> {
    await this.discard();
    await mkdir(this.#paths.stateFolder, { recursive: true, mode: 0o700 });
    await writeFile(`${this.#paths.stateFolder}/CACHEDIR.TAG`, cacheTag, { mode: 0o600 });
    if ((await this.#generation()) === undefined) await this.#newGeneration();
  }

  /** Puts memory and disk onto the host's disk: QEMU syncs the one never, the other before it stopped at most. */
  async sync(): Promise<void> {
    const { dataDisk, diskGeneration, root, stateFolder } = this.#paths;
    await Promise.all([this.path, dataDisk, diskGeneration].map(syncFile));
    await Promise.all([root, stateFolder].map(syncFolder));
  }

  /** From here on the VM is suspended. Nothing may touch its disk any more. */
  async publish(facts: Omit<SavedManifest, 'version' | 'savedAt' | 'memory' | 'disk'>): Promise<void> {
    const generation = await this.#generation();
    if (generation === undefined) throw new Error('the disk has no generation');
    const manifest: SavedManifest = {
      ...facts,
      version: 1,
      savedAt: Date.now(),
      memory: { bytes: (await stat(this.path)).size },
      disk: { generation, ...(await fileStamp(this.#paths.dataDisk)) },
    };
    await writeFileAtomic(this.#paths.savedManifest, `${JSON.stringify(manifest, null, 2)}\n`);
  }

  /** What keeps `manifest` from being used with the files as they are, as the end of a sentence; null when nothing. */
  async misfit(manifest: SavedManifest): Promise<string | null> {
    const memory = await stat(this.path).catch(() => undefined);
    if (memory?.size !== manifest.memory.bytes) return 'the file of its memory is gone or has been cut';
    const disk = await fileStamp(this.#paths.dataDisk).catch(() => undefined);
    if (disk && disk.bytes === manifest.disk.bytes && disk.modifiedMs === manifest.disk.modifiedMs)
      return null;
    return 'its data disk has been changed since';
  }

  /**
   * Before a guest runs, from its boot or from this memory: nothing that was saved so far can be used from then on. The
   * generation comes first, by one rename: before it the state is whole, after it there is none.
   */
  async consume(): Promise<void> {
    await this.#newGeneration();
    // What is open keeps its blocks when it is unlinked; freeing them takes the host a tenth of a second, which the
    // guest need not wait for.
    const memory = await open(this.path, 'r').catch(() => undefined);
    try {
      await this.#unlink();
      await syncFolder(this.#paths.root);
      await this.#syncState();
    } finally {
      void memory?.close().catch(() => undefined);
    }
  }

  /** Removes the memory, and whatever a crash has left of one. */
  async discard(): Promise<void> {
    await this.#unlink();
    await this.#syncState();
  }

  async #unlink(): Promise<void> {
    await rm(this.#paths.savedManifest, { force: true });
    await rm(this.#paths.savedMemory, { force: true });
  }

  async #syncState(): Promise<void> {
    await syncFolder(this.#paths.stateFolder).catch((thrown: unknown) => {
      // Never suspended so far.
      if (errnoOf(thrown) !== 'ENOENT') throw thrown;
    });
  }

  /** Undefined where there is none, or half of one. */
  async #generation(): Promise<string | undefined> {
    const text = await readFileIfAny(this.#paths.diskGeneration);
    return text?.trim() || undefined;
  }

  /** Not synced: after a power cut it is the old one, the new one or empty, and what is empty fits no state either. */
  async #newGeneration(): Promise<void> {
    const { diskGeneration } = this.#paths;
    await writeFile(`${diskGeneration}.tmp`, `${randomUUID()}\n`, { mode: 0o600 });
    await rename(`${diskGeneration}.tmp`, diskGeneration);
  }
}

function parse(text: string): SavedManifest | null {
  try {
    return SavedManifest.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Throws what the system says when there is no such file. */
export async function fileStamp(path: string): Promise<FileStamp> {
  const { size, mtimeMs } = await stat(path);
  return { bytes: size, modifiedMs: mtimeMs };
}
