import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createEngine } from './engine.ts';
import { homeFromEnvironment } from './paths.ts';
import { runEngine } from './run-engine.ts';

/** The clone; a packaged app says where its resources are. */
const root = resolve(process.env.FOREDECK_ROOT ?? join(import.meta.dirname, '..'));

await runEngine({
  home: homeFromEnvironment(),
  createEngine: async ({ paths, log }) => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
    return await createEngine({ paths, log, root, version });
  },
});
