import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '../engine/base/engine-error.ts';

const root = join(import.meta.dirname, '..');

/** The folder of the built page, built first where sources are at hand and newer. */
export async function builtPage(): Promise<string> {
  const folder = join(root, 'out', 'renderer');
  const script = join(root, 'scripts', 'build-page.mjs');
  if (!existsSync(script)) return folder;
  const build = spawn(process.execPath, [script], { cwd: root, stdio: ['ignore', 2, 2] });
  const [code] = await once(build, 'exit');
  if (code === 0) return folder;
  throw new EngineError({
    code: 'internal',
    message: `Building the page failed (exit status ${code}).`,
    hint: 'What is printed above says why.',
  });
}
