import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createEngine } from './create-engine.ts';
import { homeFromEnvironment } from './paths.ts';
import { runEngine } from './run-engine.ts';

/** The clone; a packaged app says where its resources are, and its version, since package.json is in its archive. */
const root = resolve(process.env.FOREDECK_ROOT ?? join(import.meta.dirname, '..'));

await runEngine({
  home: homeFromEnvironment(),
  createEngine: async ({ paths, log }) => {
    const version = process.env.FOREDECK_VERSION ?? (await versionIn(join(root, 'package.json')));
    return await createEngine({ paths, log, root, version });
  },
});

async function versionIn(packageFile: string): Promise<string> {
  const { version } = JSON.parse(await readFile(packageFile, 'utf8'));
  return version;
}
