import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** The folders of PATH, in order. */
export function searchPath(): string[] {
  return (process.env.PATH ?? '').split(delimiter).filter(Boolean);
}

/** Path of a program in the first of `folders` that has it and lets us run it, or null. */
export async function findExecutable(name: string, folders: readonly string[]): Promise<string | null> {
  for (const folder of folders) {
    const path = join(folder, name);
    try {
      await access(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
