import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Electron prints its version at once; a binary of another system or with missing libraries fails as quickly. */
const versionTimeoutMs = 20_000;

/**
 * The Electron binary that specs can launch: ELECTRON_OVERRIDE_DIST_PATH's, else the one npm has put beside the
 * package. Says why there is none otherwise. Never downloads one, as `require('electron')` would.
 */
export function findElectronBinary(): { path: string } | { missing: string } {
  const packageFolder = dirname(fileURLToPath(import.meta.resolve('electron/package.json')));
  const name = readIfThere(join(packageFolder, 'path.txt')) ?? 'electron';
  const path = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(packageFolder, 'dist'), name);
  if (!existsSync(path)) return { missing: `there is no Electron binary at ${path}` };
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY)
    return { missing: 'there is no display (try xvfb-run)' };
  const said = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: versionTimeoutMs });
  if (said.status !== 0 || !/^v\d+\./.test(said.stdout))
    return {
      missing: `${path} does not run: ${said.error?.message ?? (said.stderr.trim() || said.stdout.trim())}`,
    };
  return { path };
}

function readIfThere(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
