import { spawnSync } from 'node:child_process';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/*
 * Builds what is shown in the window where sources are newer than it. Needs the project's Node.
 *   node scripts/build-page.mjs
 */

const root = join(fileURLToPath(import.meta.url), '..', '..');

/** @typedef {{name: string, product: string, sources: string[], command: string[]}} Build */

/** @type {Build} */
export const pageBuild = {
  name: 'the page',
  product: 'out/renderer/index.html',
  sources: ['renderer', 'contract', 'package-lock.json'],
  command: [
    'node_modules/vite/bin/vite.js',
    'build',
    '--config',
    'renderer/vite.config.ts',
    '--logLevel',
    'warn',
  ],
};

/** @type {Build} */
export const shellBuild = {
  name: 'the window',
  product: 'out/main/main.js',
  sources: ['electron', 'electron.vite.config.ts', 'engine', ...pageBuild.sources],
  command: ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
};

/**
 * Runs a build where its product is missing or older than a source. Throws when it fails.
 *
 * @param {Build} build
 * @param {string} node the project's Node 24
 */
export function buildWhenStale({ name, product, sources, command }, node) {
  const built = modifiedAt(join(root, product));
  if (built >= Math.max(...sources.map((source) => newest(join(root, source))))) return;
  process.stderr.write(`Building ${name}.\n`);
  const { status, signal, stdout, stderr } = spawnSync(node, command, { cwd: root, encoding: 'utf8' });
  if (status === 0) return;
  process.stderr.write(`${stdout}${stderr}`);
  throw new Error(`Building ${name} failed (${signal ?? `exit status ${status}`}); it says above why.`);
}

/** When the newest file below `path`, or `path` itself, was changed. @param {string} path @returns {number} */
function newest(path) {
  const own = modifiedAt(path);
  if (!statSync(path).isDirectory()) return own;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), own);
}

/** Milliseconds since the epoch; 0 when there is no such file. @param {string} path */
function modifiedAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    buildWhenStale(pageBuild, process.execPath);
  } catch (thrown) {
    process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
    process.exitCode = 1;
  }
}
