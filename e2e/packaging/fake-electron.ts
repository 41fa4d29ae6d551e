import { appendFile, chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How Electron's binary marks its fuses: this, the wire's version and length, then a digit for each fuse. */
const fuseSentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';

/** As Electron is released: nine fuses (electron/build/fuses/fuses.json5), some on and some off. */
const releasedFuses = '\u0001\u0009100101101';

/**
 * A folder such as Electron is unpacked to, whose binary is a small program of this system with fuses behind it: enough
 * for everything that packaging does, which never runs it.
 */
export async function makeFakeElectron(folder: string): Promise<string> {
  await mkdir(join(folder, 'resources'), { recursive: true });
  await mkdir(join(folder, 'locales'));
  const binary = join(folder, 'electron');
  await copyFile('/bin/true', binary);
  await chmod(binary, 0o755);
  await appendFile(binary, fuseSentinel + releasedFuses, 'latin1');
  const manifest = await readFile(fileURLToPath(import.meta.resolve('electron/package.json')), 'utf8');
  await writeFile(join(folder, 'version'), String(JSON.parse(manifest).version));
  for (const name of ['LICENSE', 'LICENSES.chromium.html', join('locales', 'en-US.pak')])
    await writeFile(join(folder, name), '');
  return folder;
}
