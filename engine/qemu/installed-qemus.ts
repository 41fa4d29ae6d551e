import { stat } from 'node:fs/promises';
import type { HostArch } from '../../contract/arch.ts';
import { findQemu, type Qemu } from './find-qemu.ts';

/** QEMUs by architecture. Each is asked for its version once, and again when its file has changed. */
export class InstalledQemus {
  readonly #known = new Map<HostArch, { readonly qemu: Qemu; readonly file: string }>();

  /** Throws `tool_missing`. */
  async find(options: { arch: HostArch; signal: AbortSignal }): Promise<Qemu> {
    const known = this.#known.get(options.arch);
    if (known && known.file === (await fileOf(known.qemu))) return known.qemu;
    const qemu = await findQemu(options);
    this.#known.set(options.arch, { qemu, file: await fileOf(qemu) });
    return qemu;
  }
}

/** Tells one build of QEMU from the next at the same path. */
async function fileOf({ path }: Qemu): Promise<string> {
  const { ino, mtimeMs, size } = await stat(path).catch(() => ({ ino: 0, mtimeMs: 0, size: 0 }));
  return `${ino} ${mtimeMs} ${size}`;
}
