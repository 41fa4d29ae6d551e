import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { prepareHome } from './prepare-home.ts';
import { withTempFolder } from './testing/temp-folder.ts';

async function modeOf(path: string): Promise<number> {
  return (await stat(path)).mode & 0o7777;
}

test('a new home, and what leads to it, is for its owner only', () =>
  withTempFolder(async (folder) => {
    const home = join(folder, 'a', 'b');
    await prepareHome(home);
    expect(await modeOf(home)).toBe(0o700);
    await prepareHome(home);
  }));

test('an empty folder, or an older home, which others can read is closed to them', () =>
  withTempFolder(async (folder) => {
    for (const entry of [null, 'vms']) {
      const home = join(folder, `home-${entry}`);
      await mkdir(home);
      if (entry) await mkdir(join(home, entry));
      await chmod(home, 0o755);
      await prepareHome(home);
      expect(await modeOf(home)).toBe(0o700);
    }
  }));

test('a folder of other things is left as it is', () =>
  withTempFolder(async (folder) => {
    const home = join(folder, 'documents');
    await mkdir(home);
    await chmod(home, 0o755);
    await writeFile(join(home, 'letter.txt'), '');
    await expect(prepareHome(home)).rejects.toMatchObject({ code: 'home_unusable' });
    expect(await modeOf(home)).toBe(0o755);
  }));

test('a folder in which others can write, such as /tmp, is refused and left as it is', () =>
  withTempFolder(async (folder) => {
    const home = join(folder, 'shared');
    await mkdir(home);
    await chmod(home, 0o1777);
    await expect(prepareHome(home)).rejects.toThrow('others can write to it (mode 1777)');
    expect(await modeOf(home)).toBe(0o1777);
  }));

test('a link to a home is a home; a link to nowhere is not', () =>
  withTempFolder(async (folder) => {
    await mkdir(join(folder, 'real'), { mode: 0o700 });
    await symlink('real', join(folder, 'link'));
    await prepareHome(join(folder, 'link'));
    await symlink('nothing', join(folder, 'dangling'));
    await expect(prepareHome(join(folder, 'dangling'))).rejects.toMatchObject({ code: 'home_unusable' });
  }));

test('a place where nothing can be made says so', async () => {
  await expect(prepareHome('/proc/foredeck')).rejects.toThrow(
    'FOREDECK_HOME "/proc/foredeck" cannot be used',
  );
});
