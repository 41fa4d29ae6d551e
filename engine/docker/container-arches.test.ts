import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGuestConnector } from '../ssh/guest-connector.ts';
import { FakeGuest } from '../testing/fake-guest.ts';
import type { GuestLink } from '../vm/ports.ts';
import { ContainerArches } from './container-arches.ts';

let folder: string;
let guest: FakeGuest;
let link: GuestLink;
let arches: ContainerArches;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  const connector = createGuestConnector();
  const keys = await connector.makeKeys();
  guest = await FakeGuest.start(keys);
  link = await connector.connect({ port: guest.port, keys, signal: new AbortController().signal });
  arches = new ContainerArches(link, { containers: folder, blobs: folder });
});

afterEach(async () => {
  await link.close();
  await guest.close();
  await expect.poll(() => guest.alive).toBe(0);
  await rm(folder, { recursive: true, force: true });
});

async function container(id: string, manifest: unknown): Promise<void> {
  await mkdir(join(folder, id));
  // Hostile text beside it, as an environment variable of a container could hold it.
  const config = { Env: ['X="ImageManifest":{"digest":"sha256:0"}\n'], ImageManifest: manifest };
  await writeFile(join(folder, id, 'config.v2.json'), JSON.stringify(config));
}

async function blob(content: unknown): Promise<string> {
  const text = JSON.stringify(content, null, 2);
  const hex = createHash('sha256').update(text).digest('hex');
  await writeFile(join(folder, hex), text);
  return `sha256:${hex}`;
}

it('takes the platform noted for an image of several platforms', async () => {
  const digest = `sha256:${'0'.repeat(64)}`;
  await container('one', { digest, platform: { os: 'linux', architecture: 'riscv64' } });
  await container('two', { digest, platform: { os: 'linux', architecture: 'arm' } });
  await arches.read(['one', 'two', 'gone']);
  expect([arches.known('one'), arches.known('two'), arches.known('gone')]).toEqual([
    'riscv64',
    'arm/v7',
    null,
  ]);
});

it("looks into the image's configuration where no platform was noted", async () => {
  const config = await blob({ architecture: 's390x', os: 'linux', rootfs: {} });
  const digest = await blob({ schemaVersion: 2, config: { digest: config }, layers: [] });
  await container('one', { digest });
  await container('two', { digest });
  await arches.read(['one', 'two']);
  expect([arches.known('one'), arches.known('two')]).toEqual(['s390x', 's390x']);
});

it('tells nothing where nothing is to be told, and asks again later', async () => {
  await container('one', { digest: '../../etc/passwd' });
  await container('two', { digest: await blob({ config: { digest: 'sha256:nonsense' } }) });
  await mkdir(join(folder, 'half'));
  await writeFile(join(folder, 'half', 'config.v2.json'), '{"ImageManifest":{"dig');
  await arches.read(['one', 'two', 'half']);
  expect([arches.known('one'), arches.known('two'), arches.known('half')]).toEqual([null, null, null]);
  await rm(join(folder, 'half'), { recursive: true });
  await container('half', { digest: `sha256:${'0'.repeat(64)}`, platform: { architecture: 'ppc64le' } });
  await arches.read(['half']);
  expect(arches.known('half')).toBe('ppc64le');
});
