import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { changeSettings, defaultSettings, SettingsFile } from './settings-file.ts';

test('a missing file gives the defaults', () =>
  withTempFolder(async (folder) => {
    expect(await new SettingsFile(join(folder, 'settings.json')).read()).toEqual(defaultSettings);
  }));

test('what was written is read again, and only what was chosen is written', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'settings.json');
    const file = new SettingsFile(path);
    const chosen = changeSettings(defaultSettings, { cpus: 2, mirror: undefined });
    await file.write(chosen);
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({ cpus: 2 });
    expect(await file.read()).toEqual(chosen);
  }));

test('an unknown key or a wrong value is refused by name and nothing is overwritten', () =>
  withTempFolder(async (folder) => {
    const path = join(folder, 'settings.json');
    for (const [text, named] of [
      ['{"cpus": 0}', 'cpus'],
      ['{"colour": "red"}', 'colour'],
      ['{"cpus"', 'settings.json'],
    ] as const) {
      await writeFile(path, text);
      await expect(new SettingsFile(path).read()).rejects.toThrow(named);
      expect(await readFile(path, 'utf8')).toBe(text);
    }
  }));
