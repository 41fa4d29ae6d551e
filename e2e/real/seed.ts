import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a home takes long to make and never changes afterwards: packages, the guest image made of them, the Docker CLI. */
const parts = ['cache', 'images', 'tools', 'accelerators.json'];

/** Names the folder to the workers. */
const variable = 'FOREDECK_E2E_SEED';

/**
 * For Playwright's `globalSetup`: a folder into which the first home of a run that made a guest image leaves it, for the
 * homes after it. It goes when the run ends.
 */
export default async function setUpSeed(): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'fd-seed-'));
  process.env[variable] = folder;
  return () => rm(folder, { recursive: true, force: true });
}

/** Gives a new home what an earlier one has made. */
export async function plantSeed(home: string): Promise<void> {
  const seed = process.env[variable];
  if (seed !== undefined) await cp(seed, home, { recursive: true, preserveTimestamps: true });
}

/** Takes from a home that is about to be removed what the next one can use. */
export async function keepSeed(home: string): Promise<void> {
  const seed = process.env[variable];
  if (seed === undefined || (await readdir(seed)).length > 0) return;
  const found = await readdir(home);
  // A name with a dot is an image that was still being made.
  const images = await readdir(join(home, 'images')).catch(() => []);
  if (images.every((name) => name.startsWith('.'))) return;
  for (const part of parts.filter((name) => found.includes(name))) {
    await rename(join(home, part), join(seed, part));
  }
}
