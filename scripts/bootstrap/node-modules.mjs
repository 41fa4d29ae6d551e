import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Whether node_modules holds what package-lock.json says. The answer is kept beside it by the lock's hash, in the file
 * which bin/foredeck looks at too.
 *
 * @param {string} root
 */
export function packagesAgree(root) {
  const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const hash = createHash('sha256').update(lockText).digest('hex');
  const stamp = join(root, 'node_modules', '.foredeck-installed');
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  const agrees =
    (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) ||
    installedMatches(JSON.parse(lockText), JSON.parse(readFileSync(hidden, 'utf8')));
  // Written again also when it says the same: bin/foredeck compares its time with the lock's.
  if (agrees) writeFileSync(stamp, hash);
  return agrees;
}

/**
 * Compares a lock with npm's own record of what it installed.
 *
 * @param {{packages: Record<string, {version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean}>}} lock
 * @param {{packages: Record<string, {version?: string}>}} installed
 */
export function installedMatches(lock, installed) {
  return Object.entries(lock.packages).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    // Optional packages for other systems are left out.
    if (!found) return optional === true || devOptional === true;
    return found.version === version;
  });
}

/**
 * Installs exactly what the lock says.
 *
 * @param {string} root
 */
export function installPackages(root) {
  const result = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['inherit', 2, 2],
  });
  if (result.status !== 0) {
    throw new Error(
      '"npm ci" failed; npm says above why. Mend it (usually the network or a full disk) and start again.',
    );
  }
  if (!packagesAgree(root)) {
    throw new Error(
      '"npm ci" has ended, but node_modules is not what package-lock.json says. Remove node_modules and start again.',
    );
  }
}

/**
 * The project's own Node 24: an npm package brings it along on Linux, brew on macOS.
 *
 * @param {string} root
 * @returns {string | null}
 */
export function findNode24(root) {
  const candidates = [
    join(root, 'node_modules', '.bin', 'node'),
    '/opt/homebrew/opt/node@24/bin/node',
    '/usr/local/opt/node@24/bin/node',
  ];
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found) return found;
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : null;
}
