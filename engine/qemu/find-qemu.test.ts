import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { emulationProblem, findQemu } from './find-qemu.ts';

const signal = new AbortController().signal;

/** A program that answers `--version` as some QEMU does. */
async function withAnswer(answer: string, work: (folder: string) => Promise<void>): Promise<void> {
  await withTempFolder(async (folder) => {
    await writeFile(join(folder, 'qemu-system-x86_64'), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
    await work(folder);
  });
}

test('reads the version of Debian’s, Homebrew’s and development builds', async () => {
  const answers = {
    'QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1)': { version: '10.0.2', major: 10 },
    'QEMU emulator version 11.1.0': { version: '11.1.0', major: 11 },
    'QEMU emulator version 7.2.19 (Debian 1:7.2+dfsg-7)': { version: '7.2.19', major: 7 },
  };
  for (const [answer, expected] of Object.entries(answers)) {
    await withAnswer(`echo '${answer}'`, async (folder) => {
      expect(await findQemu({ arch: 'amd64', signal, folders: [folder] })).toMatchObject(expected);
    });
  }
});

test('a QEMU that breaks guests under emulation is refused there, with the way out', () => {
  const old = { path: '/usr/bin/qemu-system-x86_64', version: '7.2.19', major: 7 };
  expect(emulationProblem(old)).toMatchObject({
    code: 'tool_too_old',
    message: expect.stringContaining('QEMU 7.2.19 (/usr/bin/qemu-system-x86_64) is too old'),
    hint: expect.stringContaining('npm start'),
  });
  expect(emulationProblem({ ...old, version: '9.0.0', major: 9 })).toBeUndefined();
});

test('a missing or broken QEMU is an error that names it', async () => {
  await withTempFolder(async (folder) => {
    await expect(findQemu({ arch: 'arm64', signal, folders: [folder] })).rejects.toMatchObject({
      code: 'tool_missing',
      message: expect.stringContaining('qemu-system-aarch64'),
      details: { searched: folder },
    });
  });
  for (const answer of ['exit 127', 'echo hello']) {
    await withAnswer(answer, async (folder) => {
      await expect(findQemu({ arch: 'amd64', signal, folders: [folder] })).rejects.toMatchObject({
        code: 'tool_missing',
      });
    });
  }
});
