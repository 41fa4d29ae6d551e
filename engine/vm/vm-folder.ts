import { randomUUID } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Arch } from '../../contract/arch.ts';
import { BootStage, VmName } from '../../contract/records.ts';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { EngineError } from '../base/engine-error.ts';
import type { VmPaths } from '../paths.ts';
import { BootTimeline, emptyStages, resumeStages } from './boot-timeline.ts';
import type { Machine, VmKeys, VmRecord } from './ports.ts';

const RecordFile = z.object({
  name: VmName,
  kind: z.enum(['service', 'foreign']),
  arch: Arch,
  uuid: z.uuid(),
  diskGiB: z.number().int().positive(),
  createdAt: z.number(),
});
const KeysFile = z.object({
  clientPrivate: z.string(),
  clientPublic: z.string(),
  hostPrivate: z.string(),
  hostPublic: z.string(),
});
const BootFile = z.object({ startedAt: z.number(), stages: z.array(BootStage) });

/** What a VM remembers of itself between engines: its record, its keys, its last boot. Folder 0700, files 0600. */
export class VmFolder {
  readonly paths: VmPaths;

  constructor(paths: VmPaths) {
    this.paths = paths;
  }

  /** The VM's record; made from `fresh` when there is none. A larger `diskGiB` is taken over, a smaller one is not. */
  async record(fresh: Omit<VmRecord, 'uuid' | 'createdAt'>): Promise<VmRecord> {
    const stored = await this.#read(this.paths.record, RecordFile);
    if (stored && stored.diskGiB >= fresh.diskGiB) return stored;
    const record: VmRecord = stored
      ? { ...stored, diskGiB: fresh.diskGiB }
      : { ...fresh, uuid: randomUUID(), createdAt: Date.now() };
    await this.#write(this.paths.record, record);
    return record;
  }

  /** The VM's keys; `make` is asked once in its life. */
  async keys(make: () => Promise<VmKeys>): Promise<VmKeys> {
    const stored = await this.#read(this.paths.keys, KeysFile);
    if (stored) return stored;
    const keys = await make();
    await this.#write(this.paths.keys, keys);
    return keys;
  }

  /** Puts what this guest must know behind the image's initrd; a cpio begins at a multiple of four bytes. */
  async writeInitrd(imageInitrdPath: string, secrets: Uint8Array): Promise<void> {
    const image = await readFile(imageInitrdPath);
    const padding = Buffer.alloc((4 - (image.length % 4)) % 4);
    await writeFileAtomic(this.paths.initrd, Buffer.concat([image, padding, secrets]));
  }

  async writeBoot(timeline: BootTimeline): Promise<void> {
    await this.#write(this.paths.boot, { startedAt: timeline.startedAt, stages: timeline.stages });
  }

  /** The timeline of the start which spawned QEMU, as far as it was written down. */
  async readBoot({ bootedAt, spawnedAt }: Pick<Machine, 'bootedAt' | 'spawnedAt'>): Promise<BootTimeline> {
    const stored = await this.#read(this.paths.boot, BootFile).catch(() => undefined);
    if (stored?.startedAt !== spawnedAt) {
      return new BootTimeline(spawnedAt, bootedAt === spawnedAt ? emptyStages() : resumeStages());
    }
    return new BootTimeline(spawnedAt, stored.stages);
  }

  async #write(path: string, value: unknown): Promise<void> {
    await mkdir(this.paths.root, { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Never replaced when it cannot be understood: keys and UUID belong to data that is still there. */
  async #read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const text = await readFileIfAny(path);
    if (text === undefined) return undefined;
    try {
      return schema.parse(JSON.parse(text));
    } catch (thrown) {
      throw new EngineError({
        code: 'home_unusable',
        message: `${path} cannot be understood: ${thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown)}`,
        hint: 'Put the file back from a backup. Without it the VM cannot be started; its data disk is untouched.',
        cause: thrown,
      });
    }
  }
}
