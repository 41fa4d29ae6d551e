import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { WantedEmulators } from './wanted-emulators.ts';

const delivered = { version: '10.0.13+ds-0+deb13u1', sha256: 'ab'.repeat(32), sizeBytes: 1 };

async function withFile(text: string, work: (wanted: WantedEmulators, path: string) => Promise<void>) {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'emulators.json');
    await writeFile(path, text);
    const wanted = new WantedEmulators(path, silentLog);
    await wanted.load();
    await work(wanted, path);
  });
}

test('reads what was written before there were two suites', async () => {
  const before = JSON.stringify({ arm64: { wanted: true, emulator: delivered } });
  await withFile(before, async (wanted, path) => {
    expect(wanted.get('arm64')).toEqual({
      wanted: true,
      emulator: { ...delivered, suite: 'stable' },
      previous: null,
      choice: 'recommended',
    });
    await wanted.change('arm64', { choice: 'backports' });
    expect(JSON.parse(await readFile(path, 'utf8')).arm64).toMatchObject({
      wanted: true,
      choice: 'backports',
    });
  });
});

test('what cannot be understood counts as nothing', async () => {
  await withFile('{"arm64": 5}', async (wanted) => {
    expect(wanted.get('arm64')).toMatchObject({ wanted: false, emulator: null });
  });
});

test('keeps the last word of many', async () => {
  await withFile('{}', async (wanted, path) => {
    await Promise.all([true, false, true, false].map((want) => wanted.change('s390x', { wanted: want })));
    expect(JSON.parse(await readFile(path, 'utf8')).s390x.wanted).toBe(false);
  });
});
