import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import { hostAptMirrors, mirrorOrder } from './mirrors.ts';

const template = [
  { debian: 'https://public.example/debian', 'debian-security': 'https://sec.example/debian-security/' },
];

describe('mirrorOrder', () => {
  it('asks the setting first, then the host apt mirrors, then the template, each once', () => {
    const order = mirrorOrder({
      setting: 'https://mine.example/debian/',
      hostApt: {
        debian: ['http://corp.example/debian', 'https://public.example/debian'],
        'debian-security': [],
      },
      template,
    });
    expect(order.debian).toEqual([
      { url: 'https://mine.example/debian', origin: 'setting' },
      { url: 'http://corp.example/debian', origin: 'host apt' },
      { url: 'https://public.example/debian', origin: 'host apt' },
    ]);
    expect(order['debian-security'].map((mirror) => mirror.url)).toEqual([
      'https://mine.example/debian-security',
      'https://sec.example/debian-security',
    ]);
  });
});

describe('hostAptMirrors', () => {
  it('reads both formats, tells the archives apart and leaves others alone', async () => {
    await withTempFolder(async (folder) => {
      await mkdir(join(folder, 'sources.list.d'));
      await writeFile(
        join(folder, 'sources.list'),
        [
          '# deb http://commented.example/debian trixie main',
          'deb [arch=amd64 signed-by=/x] http://one.example/debian/ bookworm main',
          'deb-src http://source.example/debian bookworm main',
          'deb http://one.example/debian bookworm-backports main',
          'deb https://sec.example/debian-security bookworm-security main',
          'deb cdrom:[Debian]/ bookworm main',
          'deb https://ubuntu.example/ubuntu noble main',
        ].join('\n'),
      );
      await writeFile(
        join(folder, 'sources.list.d/debian.sources'),
        [
          'Types: deb deb-src',
          '# a comment',
          'URIs: https://two.example/debian',
          'Suites: trixie trixie-updates',
          '',
          'Types: deb',
          'URIs: https://off.example/debian',
          'Suites: trixie',
          'Enabled: no',
        ].join('\n'),
      );
      await writeFile(
        join(folder, 'sources.list.d/vendor.list'),
        'deb https://vendor.example/repo stable main\ndeb https://vendor.example/node_20.x nodistro main\n',
      );
      expect(await hostAptMirrors(folder)).toEqual({
        debian: ['http://one.example/debian', 'https://two.example/debian'],
        'debian-security': ['https://sec.example/debian-security'],
      });
    });
  });

  it('finds nothing on a host without apt', async () => {
    expect(await hostAptMirrors('/nonexistent')).toEqual({ debian: [], 'debian-security': [] });
  });
});
