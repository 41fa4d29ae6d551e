import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Electron prints its version at once; a binary with missing libraries fails as quickly. */
const versionTimeoutMs = 10_000;

/** Its installer downloads about 120 MB from GitHub; where that cannot be reached it says so sooner. */
const installTimeoutMs = 120_000;

export type ElectronBinary = { readonly path: string } | { readonly missing: string };

/**
 * The Electron binary that can show a window here, or why there is none, in a few words. npm does not bring it along;
 * its own installer is tried once per version.
 */
export async function findElectronBinary(root: string): Promise<ElectronBinary> {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) {
    return { missing: 'there is no display' };
  }
  const { ELECTRON_OVERRIDE_DIST_PATH: override } = process.env;
  if (override === undefined && process.platform === 'linux' && process.getuid?.() === 0) {
    return { missing: 'Electron does not run as root' };
  }
  const folder = join(root, 'node_modules', 'electron');
  if (!existsSync(folder)) return { missing: 'the electron package is not installed' };
  if (override === undefined && !existsSync(join(folder, 'path.txt'))) await tryInstaller(folder);
  const namePath = join(folder, 'path.txt');
  const name = existsSync(namePath) ? readFileSync(namePath, 'utf8') : 'electron';
  const path = join(override ?? join(folder, 'dist'), name);
  if (!existsSync(path)) return { missing: 'its binary could not be downloaded' };
  const said = spawnSync(path, ['--version'], { encoding: 'utf8', timeout: versionTimeoutMs });
  if (said.status === 0) return { path };
  return { missing: `its binary does not run (${said.error?.message ?? said.stderr.trim().split('\n')[0]})` };
}

/** Runs Electron's installer unless it has failed for this version before. */
async function tryInstaller(folder: string): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const triedPath = join(folder, '.foredeck-tried');
  if (existsSync(triedPath) && readFileSync(triedPath, 'utf8') === version) return;
  process.stderr.write(`Fetching the binary of Electron ${version} (tried once).\n`);
  const { status } = spawnSync(process.execPath, [join(folder, 'install.js')], {
    stdio: 'ignore',
    timeout: installTimeoutMs,
  });
  if (status !== 0) await writeFile(triedPath, version);
}
