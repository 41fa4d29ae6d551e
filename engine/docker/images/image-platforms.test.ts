import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LocalGuest } from '../../testing/local-guest.ts';
import { ImagePlatforms } from './image-platforms.ts';

let folder: string;
let guest: LocalGuest;
let platforms: ImagePlatforms;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  guest = await LocalGuest.start({ privateBinfmt: false });
  platforms = new ImagePlatforms(guest, folder);
});

afterEach(async () => {
  await guest.close();
  expect(guest.alive).toBe(0);
  await rm(folder, { recursive: true });
});

interface Written {
  readonly digest: string;
  readonly size: number;
}

async function blob(content: unknown): Promise<Written> {
  const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(folder, hex), text);
  return { digest: `sha256:${hex}`, size: text.length };
}

async function remove({ digest }: Written): Promise<void> {
  await rm(join(folder, digest.slice('sha256:'.length)));
}

async function manifest(
  architecture: string,
  layers: readonly Written[],
  variant?: string,
): Promise<Written> {
  const config = await blob({ os: 'linux', architecture, variant, rootfs: {} });
  return await blob({ schemaVersion: 2, config, layers });
}

/** As BuildKit writes it, provenance included. */
async function index(entries: readonly { platform: object; manifest: Written }[]): Promise<string> {
  const manifests = entries.flatMap(({ platform, manifest: { digest, size } }) => [
    { digest, size, platform },
    {
      digest: `sha256:${'0'.repeat(64)}`,
      size: 565,
      platform: { os: 'unknown', architecture: 'unknown' },
      annotations: { 'vnd.docker.reference.type': 'attestation-manifest' },
    },
  ]);
  return (await blob({ schemaVersion: 2, manifests })).digest;
}

it('reads the platforms of an index, pulled or not', async () => {
  const shared = await blob('shared layer');
  const own = await blob('own layer');
  const gone = await blob('a layer that is not pulled');
  const amd64 = await manifest('amd64', [shared, own]);
  const v7 = await manifest('arm', [shared, gone], 'v7');
  const id = await index([
    { platform: { os: 'linux', architecture: 'amd64' }, manifest: amd64 },
    { platform: { os: 'linux', architecture: 'arm', variant: 'v7' }, manifest: v7 },
    {
      platform: { os: 'linux', architecture: 's390x' },
      manifest: { digest: `sha256:${'1'.repeat(64)}`, size: 1 },
    },
    {
      platform: { os: 'windows', architecture: 'amd64' },
      manifest: { digest: `sha256:${'2'.repeat(64)}`, size: 1 },
    },
  ]);
  await remove(gone);
  const found = (await platforms.read([id])).get(id);
  expect(found).toMatchObject([
    { platform: 'linux/amd64', arch: 'amd64', digest: amd64.digest, present: true },
    { platform: 'linux/arm/v7', arch: 'arm/v7', digest: v7.digest, present: false },
    { platform: 'linux/s390x', arch: 's390x', present: false, sizeBytes: 0 },
    { platform: 'windows/amd64', arch: null, present: false },
  ]);
  expect(found?.[0]?.sizeBytes).toBeGreaterThan(shared.size + own.size);
});

it('takes the platform of a single manifest from its configuration', async () => {
  const { digest } = await manifest('riscv64', [await blob('layer')]);
  expect((await platforms.read([digest])).get(digest)).toMatchObject([
    { platform: 'linux/riscv64', arch: 'riscv64', digest, present: true },
  ]);
});

it('leaves out variants that are the rule and keeps those that say something', async () => {
  const one = await manifest('arm64', [], 'v8');
  const other = await manifest('amd64', [], 'v3');
  const found = await platforms.read([one.digest, other.digest]);
  expect(found.get(one.digest)?.[0]?.platform).toBe('linux/arm64');
  expect(found.get(other.digest)?.[0]).toMatchObject({ platform: 'linux/amd64/v3', arch: 'amd64' });
});

it('notices what was pulled since, and reads no document twice', async () => {
  const layer = await blob('layer');
  const { digest } = await manifest('amd64', [layer]);
  await remove(layer);
  expect((await platforms.read([digest])).get(digest)).toMatchObject([{ present: false }]);
  await blob('layer');
  const before = guest.commands.length;
  expect((await platforms.read([digest])).get(digest)).toMatchObject([{ present: true }]);
  expect(guest.commands.length - before).toBe(1);
});

it('passes over what cannot be read', async () => {
  const huge = await blob({ schemaVersion: 2, manifests: [], padding: 'x'.repeat(300_000) });
  const odd = await blob({ config: { digest: '../../etc/passwd', size: 1 }, layers: [] });
  const found = await platforms.read([huge.digest, odd.digest, 'sha256:short', '../../etc/passwd']);
  expect([...found]).toEqual([]);
});
