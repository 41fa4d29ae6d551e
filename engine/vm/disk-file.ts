import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../base/engine-error.ts';

/**
 * The path of the disk `name` in the home's folder for them. Only files there can be given to a guest: a client asks by
 * name, and a link leads nowhere. Throws `bad_input`.
 */
export async function diskFile(folder: string, name: string): Promise<string> {
  const path = join(folder, `${name}.img`);
  const found = await lstat(path).catch(() => undefined);
  if (found?.isFile()) return path;
  throw new EngineError({
    code: 'bad_input',
    message: `There is no disk "${name}": ${path} is not a file.`,
    hint: 'Put the disk there, as a plain file whose size is a multiple of 512 bytes.',
  });
}
