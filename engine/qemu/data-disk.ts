import { access, chmod, rename, rm } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';
import { EngineError } from '../base/engine-error.ts';
import { findProgram } from './find-qemu.ts';

const gib = 1024 ** 3;

/** qemu-img writes some hundred kilobytes of tables; longer than this means that the disk does not answer. */
const timeoutMs = 60_000;

const ImageInfo = z.object({ format: z.string(), 'virtual-size': z.number().int() });

/**
 * Makes the qcow2 data disk when there is none and grows it when `sizeGiB` is larger than it is; it is never made
 * smaller, since the file system in it ends where the disk ended. Returns its size in bytes, as the guest sees it.
 * No QEMU may run on it. Throws `qemu_failed` or `disk_full`.
 */
export async function ensureDataDisk(options: {
  path: string;
  sizeGiB: number;
  signal: AbortSignal;
}): Promise<number> {
  const { path, sizeGiB, signal } = options;
  const wantedBytes = sizeGiB * gib;
  if (!(await exists(path))) {
    // Under another name until it is whole: half a disk would be taken for the person's data.
    const temporary = `${path}.new`;
    await rm(temporary, { force: true });
    await qemuImg(['create', '-q', '-f', 'qcow2', temporary, String(wantedBytes)], signal);
    await chmod(temporary, 0o600);
    await rename(temporary, path);
    return wantedBytes;
  }
  const bytes = await virtualSize(path, signal);
  if (bytes >= wantedBytes) return bytes;
  await qemuImg(['resize', '-q', '-f', 'qcow2', path, String(wantedBytes)], signal);
  return wantedBytes;
}

async function virtualSize(path: string, signal: AbortSignal): Promise<number> {
  const info = ImageInfo.safeParse(
    JSON.parse(await qemuImg(['info', '--output=json', '-f', 'qcow2', path], signal)),
  );
  if (info.success) return info.data['virtual-size'];
  throw new EngineError({
    code: 'qemu_failed',
    message: `qemu-img cannot say how large the data disk ${path} is.`,
    hint: 'The file may be damaged. `qemu-img check` tells more.',
  });
}

async function qemuImg(args: readonly string[], signal: AbortSignal): Promise<string> {
  const program = await findProgram('qemu-img');
  const result = await execa(program, args, {
    cancelSignal: signal,
    timeout: timeoutMs,
    stdin: 'ignore',
    reject: false,
  });
  if (result.isCanceled) signal.throwIfAborted();
  if (!result.failed) return result.stdout;
  const full = result.stderr.includes('No space left on device');
  throw new EngineError({
    code: full ? 'disk_full' : 'qemu_failed',
    message: `qemu-img ${args[0]} failed on the VM's data disk: ${result.stderr.trim() || result.shortMessage}`,
    hint: full ? 'Free some space on the disk that holds FOREDECK_HOME.' : '',
    details: { path: args.find((argument) => argument.startsWith('/')) ?? '' },
  });
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
