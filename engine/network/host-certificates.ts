import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Certificate } from '../../contract/host-network.ts';
import { usableCertificates } from './certificates.ts';

/**
 * Where systems keep the authorities which were added to theirs: Debian and its kin (update-ca-certificates(8)), Fedora
 * and its kin (update-ca-trust(8)), Arch, openSUSE.
 */
const linuxFolders = [
  '/usr/local/share/ca-certificates',
  '/etc/pki/ca-trust/source/anchors',
  '/etc/ca-certificates/trust-source/anchors',
  '/etc/pki/trust/anchors',
];

/** The keychain for the whole computer, which holds what its owner or company added; Apple's own are elsewhere. */
const macKeychain = '/Library/Keychains/System.keychain';

/** `security` reads a file. */
const securityTimeoutMs = 5_000;

/** More than an authority's file is large; others are not read. */
const longestFileBytes = 1_000_000;

/** The authorities which this computer trusts besides its system's own, each once; unreadable ones are left out. */
export async function hostCertificates(
  options: { platform?: NodeJS.Platform; folders?: readonly string[] } = {},
): Promise<Certificate[]> {
  const { platform = process.platform, folders = linuxFolders } = options;
  const texts = platform === 'darwin' ? [await keychainText()] : await Promise.all(folders.map(textIn));
  const found = texts.flatMap((text) => usableCertificates(text));
  return [...new Map(found.map((certificate) => [certificate.sha256, certificate])).values()];
}

async function keychainText(): Promise<string> {
  const { stdout } = await promisify(execFile)(
    '/usr/bin/security',
    ['find-certificate', '-a', '-p', macKeychain],
    { timeout: securityTimeoutMs, maxBuffer: longestFileBytes },
  );
  return stdout;
}

async function textIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() || entry.isSymbolicLink());
  const texts = await Promise.all(
    files.map((entry) => readFile(join(entry.parentPath, entry.name), 'utf8').catch(() => '')),
  );
  return texts.filter((text) => text.length <= longestFileBytes).join('\n');
}
