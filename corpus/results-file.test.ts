import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../engine/testing/temp-folder.ts';
import type { Result } from './result.ts';
import { ResultsFile } from './results-file.ts';

const machine = { qemu: '10.0.2', kernel: '6.12', docker: '26.1.5', accelerator: 'tcg', vmArch: 'amd64' };
const passed: Result = {
  outcome: 'pass',
  arch: 'arm64',
  emulator: 'stable',
  emulatorVersion: '10.0.13',
  program: 'bash',
  packageVersion: '5.2',
  seconds: 3,
  at: 1,
  configured: true,
};

test('keeps each result as soon as it is known, the newest of its kind', async () => {
  await withTempFolder(async (folder) => {
    const path = join(folder, 'results.json');
    const results = await ResultsFile.open(path);
    expect(results.all).toEqual([]);
    await results.put(passed, machine);
    await results.put({ ...passed, emulator: 'backports' }, machine);
    await results.put({ ...passed, seconds: 4, at: 2 }, machine);

    const again = await ResultsFile.open(path);
    expect(again.machine).toEqual(machine);
    expect(again.all).toHaveLength(2);
    expect(again.find({ arch: 'arm64', emulator: 'stable', program: 'bash' })).toMatchObject({ seconds: 4 });
    expect(again.find({ arch: 'arm64', emulator: 'stable', program: 'perl' })).toBeUndefined();
  });
});
