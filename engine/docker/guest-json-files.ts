import type { z } from 'zod';
import type { GuestLink } from '../vm/ports.ts';

/** Paths are about 150 bytes each; a command line has room for far more. */
const filesPerRead = 50;

/** Docker's and OCI's documents are a few kilobytes; what is longer is cut, and so no JSON and left out. */
const longestFileBytes = 262_144;

/** One line for each file, an empty one for a file that is not there. JSON needs no line breaks. */
const printFiles = `
longest=$1; shift
for file; do test -f "$file" && head -c "$longest" "$file" | tr -d '\\n'; echo; done`;

/** Reads a JSON file for each key; keys whose file is not there, or is not as it should be, are left out. */
export async function readGuestJson<T>(
  link: GuestLink,
  keys: readonly string[],
  pathOf: (key: string) => string,
  schema: z.ZodType<T>,
): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for (let start = 0; start < keys.length; start += filesPerRead) {
    const some = keys.slice(start, start + filesPerRead);
    const argv = ['sh', '-c', printFiles, 'sh', String(longestFileBytes), ...some.map(pathOf)];
    const { stdout } = await link.exec(argv, { maxOutputBytes: filesPerRead * (longestFileBytes + 1) });
    const lines = stdout.split('\n');
    some.forEach((key, index) => {
      const value = schema.safeParse(parseJson(lines[index] ?? '')).data;
      if (value !== undefined) found.set(key, value);
    });
  }
  return found;
}

/** Undefined also for a file that is just being written: whoever reads asks again at the next event. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
