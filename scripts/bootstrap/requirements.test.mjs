import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findMissing, isAtLeast, requirementsFor, versionIn } from './requirements.mjs';

test.each([
  ['QEMU emulator version 10.0.2 (Debian 1:10.0.2+ds-2+deb13u1~bpo12+1)', '10.0.2'],
  ['QEMU emulator version 7.2.22', '7.2.22'],
  ['sqfstar version 4.5.1 (2022/03/17)', '4.5.1'],
  ['xz (XZ Utils) 5.4.1\nliblzma 5.4.1', '5.4.1'],
  ['Chromium 156.0.8078.79 built on Debian GNU/Linux 12 (bookworm)', '156.0.8078.79'],
  ['no number here', null],
])('the version in %j', (said, version) => {
  expect(versionIn(said)).toBe(version);
});

test.each([
  ['10.0.2', '9.0', true],
  ['9.0', '9.0', true],
  ['9', '9.0', true],
  ['8.2.2', '9.0', false],
  ['4.10', '4.5', true],
  ['20.9.0', '20.19', false],
])('%s is at least %s: %s', (version, minimum, expected) => {
  expect(isAtLeast(version, minimum)).toBe(expected);
});

test('tools are found by running them: missing, too old, broken and good ones', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'fd-'));
  const tool = (name, script) => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    chmodSync(path, 0o755);
    return { command: path, arguments: ['--version'], minimum: '9.0', name, why: '', apt: name, brew: null };
  };
  try {
    const missing = await findMissing([
      tool('good', 'echo version 9.1.0'),
      tool('said-on-stderr', 'echo version 9.0 >&2; exit 1'),
      tool('old', 'echo version 7.2.22'),
      tool('broken', 'echo cannot open shared object file >&2; exit 127'),
      { ...tool('absent', ''), command: join(folder, 'nothing') },
    ]);
    expect(missing.map(({ name, found }) => [name, found])).toEqual([
      ['old', '7.2.22'],
      ['broken', null],
      ['absent', null],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a host gets the QEMU of its own architecture; macOS no packages of Debian', () => {
  const commands = (purpose, machine) => requirementsFor(purpose, machine).map(({ command }) => command);
  expect(commands('run', { platform: 'linux', arch: 'x64' })).toContain('qemu-system-x86_64');
  expect(commands('run', { platform: 'linux', arch: 'arm64' })).toContain('qemu-system-aarch64');
  expect(commands('test', { platform: 'linux', arch: 'x64' })).toContain('chromium');
  expect(commands('run', { platform: 'linux', arch: 'x64' })).not.toContain('chromium');
  expect(commands('bench', { platform: 'darwin', arch: 'arm64' })).not.toContain('mmdebstrap');
});
