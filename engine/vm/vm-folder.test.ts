import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pathsUnder } from '../paths.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { BootTimeline } from './boot-timeline.ts';
import { VmFolder } from './vm-folder.ts';

const fresh = { name: 'service', kind: 'service', arch: 'amd64', diskGiB: 64 } as const;
const keys = { clientPrivate: 'a', clientPublic: 'b', hostPrivate: 'c', hostPublic: 'd' };

async function withVmFolder(work: (folder: VmFolder) => Promise<void>): Promise<void> {
  await withTempFolder((home) => work(new VmFolder(pathsUnder(home).vm('service'))));
}

test('a record is made once and keeps its UUID; its disk only grows', async () => {
  await withVmFolder(async (folder) => {
    const first = await folder.record(fresh);
    expect(await folder.record({ ...fresh, diskGiB: 32 })).toEqual(first);
    expect(await folder.record({ ...fresh, diskGiB: 128 })).toEqual({ ...first, diskGiB: 128 });
    expect((await stat(folder.paths.root)).mode & 0o777).toBe(0o700);
  });
});

test('keys are made once and are the owner’s alone', async () => {
  await withVmFolder(async (folder) => {
    expect(await folder.keys(async () => keys)).toEqual(keys);
    expect(await folder.keys(() => Promise.reject(new Error('asked twice')))).toEqual(keys);
    expect((await stat(folder.paths.keys)).mode & 0o777).toBe(0o600);
  });
});

test('a damaged file is named and never replaced', async () => {
  await withVmFolder(async (folder) => {
    await folder.record(fresh);
    await writeFile(folder.paths.record, '{"name":');
    await expect(folder.record(fresh)).rejects.toMatchObject({
      code: 'home_unusable',
      message: expect.stringContaining(folder.paths.record),
    });
    expect(await readFile(folder.paths.record, 'utf8')).toBe('{"name":');
  });
});

test('secrets stand behind the initrd at a multiple of four bytes', async () => {
  await withVmFolder(async (folder) => {
    await folder.record(fresh);
    const initrd = join(folder.paths.root, 'image-initrd');
    await writeFile(initrd, 'abcde');
    await folder.writeInitrd(initrd, Buffer.from('070701'));
    expect(await readFile(folder.paths.initrd, 'latin1')).toBe(`abcde${'\0'.repeat(3)}070701`);
    expect((await stat(folder.paths.initrd)).mode & 0o777).toBe(0o600);
  });
});

test('the timeline of another boot is not taken for this one’s', async () => {
  await withVmFolder(async (folder) => {
    const timeline = new BootTimeline(1_000);
    timeline.reach('sshd', 9_000);
    await folder.writeBoot(timeline);
    expect((await folder.readBoot({ bootedAt: 1_000, spawnedAt: 1_000 })).stages).toEqual(timeline.stages);
    expect((await folder.readBoot({ bootedAt: 2_000, spawnedAt: 2_000 })).has('sshd')).toBe(false);
    const resumed = await folder.readBoot({ bootedAt: 1_000, spawnedAt: 2_000 });
    expect(resumed.expects('sshd')).toBe(false);
    expect(resumed.expects('ssh')).toBe(true);
  });
});
