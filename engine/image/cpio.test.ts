import { describe, expect, it } from 'vitest';
import { buildCpio, cpioMode, foldersAbove } from './cpio.ts';
import { buildSecretsCpio } from './secrets-cpio.ts';

/** Reads a newc archive as the kernel's initramfs code does, and checks that every part is aligned. */
function readCpio(bytes: Uint8Array): { path: string; mode: number; content: string; device: number[] }[] {
  const archive = Buffer.from(bytes);
  const entries = [];
  for (let at = 0; ; ) {
    expect(at % 4).toBe(0);
    expect(archive.toString('latin1', at, at + 6)).toBe('070701');
    const field = (index: number) =>
      Number.parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16);
    const nameEnd = at + 110 + field(11);
    const path = archive.toString('latin1', at + 110, nameEnd - 1);
    if (path === 'TRAILER!!!') return entries;
    const contentAt = Math.ceil(nameEnd / 4) * 4;
    const content = archive.toString('utf8', contentAt, contentAt + field(6));
    entries.push({ path, mode: field(1), content, device: [field(9), field(10)] });
    at = Math.ceil((contentAt + field(6)) / 4) * 4;
  }
}

describe('buildCpio', () => {
  it('keeps names, modes, contents and devices', () => {
    const entries = readCpio(
      buildCpio([
        { path: 'dev', mode: cpioMode.directory | 0o755 },
        { path: 'dev/console', mode: cpioMode.char | 0o600, device: { major: 5, minor: 1 } },
        { path: 'init', mode: cpioMode.file | 0o755, content: Buffer.from('#!/bin/sh\n') },
        { path: 'sh', mode: cpioMode.symlink | 0o777, content: Buffer.from('init') },
      ]),
    );
    expect(entries).toEqual([
      { path: 'dev', mode: 0o040755, content: '', device: [0, 0] },
      { path: 'dev/console', mode: 0o020600, content: '', device: [5, 1] },
      { path: 'init', mode: 0o100755, content: '#!/bin/sh\n', device: [0, 0] },
      { path: 'sh', mode: 0o120777, content: 'init', device: [0, 0] },
    ]);
  });

  it('lists folders, parents first', () => {
    expect(foldersAbove(['a/b/c', 'a/d', 'e'])).toEqual(['a', 'a/b']);
  });
});

describe('buildSecretsCpio', () => {
  const secrets = {
    authorizedKey: 'ssh-ed25519 AAAA',
    hostPrivateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\n',
    hostPublicKey: 'ssh-ed25519 BBBB',
    hostname: 'service',
    settings: { swap: 'off' },
  };

  it('holds what the guest reads, closed to others', () => {
    const entries = readCpio(buildSecretsCpio(secrets));
    expect(entries.map((entry) => [entry.path, (entry.mode & 0o7777).toString(8), entry.content])).toEqual([
      ['foredeck', '700', ''],
      ['foredeck/authorized_keys', '600', 'ssh-ed25519 AAAA\n'],
      ['foredeck/ssh_host_ed25519_key', '600', '-----BEGIN OPENSSH PRIVATE KEY-----\n'],
      ['foredeck/ssh_host_ed25519_key.pub', '644', 'ssh-ed25519 BBBB\n'],
      ['foredeck/hostname', '644', 'service\n'],
      ['foredeck/settings', '600', 'swap=off\n'],
    ]);
  });

  it('refuses a setting that would be two lines', () => {
    expect(() => buildSecretsCpio({ ...secrets, settings: { a: 'b\nc=d' } })).toThrow(TypeError);
  });
});
