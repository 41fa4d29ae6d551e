import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { backportsSource, hasSuite, parseDeb822, parseOneLine, readAptSources } from './apt-sources.mjs';

const debian12 = `# A comment between fields
Types: deb deb-src
# http://snapshot.debian.org/archive/debian/20250520T000000Z
URIs: http://mirror.example/debian https://second.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

test('the deb822 format: several values, comments, stanzas', () => {
  expect(parseDeb822(debian12)).toEqual([
    {
      types: ['deb', 'deb-src'],
      uris: ['http://mirror.example/debian', 'https://second.example/debian'],
      suites: ['bookworm', 'bookworm-updates'],
      components: ['main', 'contrib'],
      signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
    },
    {
      types: ['deb'],
      uris: ['http://mirror.example/debian-security'],
      suites: ['bookworm-security'],
      components: ['main'],
      signedBy: null,
    },
  ]);
});

test('a disabled stanza is no source, and a key may stand in the file itself', () => {
  expect(parseDeb822('Enabled: no\nTypes: deb\nURIs: http://x.example\nSuites: bookworm\n')).toEqual([]);
  const key = '-----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINB\n -----END PGP PUBLIC KEY BLOCK-----';
  const [source] = parseDeb822(`Types: deb\nURIs: http://x.example\nSuites: s\nSigned-By:\n ${key}\n`);
  expect(source?.signedBy).toBe(key);
});

test('the one-line format: options, comments, disabled lines', () => {
  const text = `
# deb http://off.example/debian bookworm main
deb http://a.example/debian bookworm main non-free-firmware # why not
deb [arch=amd64 signed-by=/etc/key.gpg] http://b.example/debian bookworm-updates main
deb-src http://a.example/debian bookworm main
`;
  expect(parseOneLine(text)).toEqual([
    source('deb', 'http://a.example/debian', 'bookworm', ['main', 'non-free-firmware'], null),
    source('deb', 'http://b.example/debian', 'bookworm-updates', ['main'], '/etc/key.gpg'),
    source('deb-src', 'http://a.example/debian', 'bookworm', ['main'], null),
  ]);
});

test("backports come from the mirror and with the key of the release's own source", () => {
  const text = backportsSource(parseDeb822(debian12), 'bookworm');
  expect(text).toContain('URIs: http://mirror.example/debian https://second.example/debian\n');
  expect(text).toContain('Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n');
  expect(hasSuite(parseDeb822(text ?? ''), 'bookworm-backports')).toBe(true);
});

test('no source to go by, or only a CD: no backports source', () => {
  expect(backportsSource([], 'bookworm')).toBeNull();
  expect(backportsSource(parseOneLine('deb cdrom:[Debian]/ bookworm main'), 'bookworm')).toBeNull();
  expect(backportsSource(parseOneLine('deb http://a.example/d bookworm contrib'), 'bookworm')).toBeNull();
});

test('every file of the folder is read, in both formats, and others are left alone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fd-'));
  try {
    mkdirSync(join(folder, 'sources.list.d'));
    writeFileSync(join(folder, 'sources.list'), 'deb http://a.example/debian bookworm main\n');
    writeFileSync(join(folder, 'sources.list.d', 'b.sources'), debian12);
    writeFileSync(join(folder, 'sources.list.d', 'c.list'), 'deb http://c.example/ trixie main\n');
    writeFileSync(join(folder, 'sources.list.d', 'd.list.save'), 'deb http://d.example/ sid main\n');
    const suites = readAptSources(folder).flatMap(({ suites: names }) => names);
    expect(suites).toEqual(['bookworm', 'bookworm', 'bookworm-updates', 'bookworm-security', 'trixie']);
    expect(readAptSources(join(folder, 'none'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function source(type, uri, suite, components, signedBy) {
  return { types: [type], uris: [uri], suites: [suite], components, signedBy };
}
