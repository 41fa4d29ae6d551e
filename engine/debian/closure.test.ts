import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { dependencyClosure } from './closure.ts';
import { type ArchiveName, PackageIndex } from './package-index.ts';
import { PackageList } from './package-list.ts';

/** Stanzas from `name version | field | field`. */
function index(...lines: string[]): Promise<PackageIndex> {
  const text = lines
    .map((line) => {
      const [head = '', ...fields] = line.split(' ; ');
      const [name, version = '1.0'] = head.split(' ');
      return [
        `Package: ${name}`,
        `Version: ${version}`,
        ...fields,
        `Filename: pool/${name}_${version}.deb`,
        'Size: 10',
        `SHA256: ${name}-${version}`,
      ].join('\n');
    })
    .join('\n\n');
  return indexOf(['debian', `${text}\n`]);
}

async function indexOf(...texts: [ArchiveName, string][]): Promise<PackageIndex> {
  const lists = texts.map(async ([archive, text]) => ({
    archive,
    list: await PackageList.read(Readable.from([Buffer.from(text)])),
  }));
  return new PackageIndex(await Promise.all(lists));
}

function closure(packages: string[], from: PackageIndex, without: string[] = []): string[] {
  return dependencyClosure({ index: from, packages, without: new Set(without) }).map(
    (item) => `${item.name}=${item.version}`,
  );
}

describe('dependencyClosure', () => {
  it('follows Depends and Pre-Depends and takes the newest version', async () => {
    const from = await index(
      'a ; Depends: b (>= 2) ; Pre-Depends: c',
      'b 1.0',
      'b 2.1',
      'c 0.1',
      'unrelated',
    );
    expect(closure(['a'], from)).toEqual(['a=1.0', 'b=2.1', 'c=0.1']);
  });

  it('takes an older version when only that one is accepted', async () => {
    expect(closure(['a'], await index('a ; Depends: b (<< 2)', 'b 1.5', 'b 2.0'))).toEqual([
      'a=1.0',
      'b=1.5',
    ]);
  });

  it('prefers an alternative that is there already, then the first that exists', async () => {
    const from = await index('a ; Depends: x | y', 'b ; Depends: gone | x | y', 'x', 'y');
    expect(closure(['a', 'y'], from)).toEqual(['a=1.0', 'y=1.0']);
    expect(closure(['b'], from)).toEqual(['b=1.0', 'x=1.0']);
  });

  it('takes a provider of a virtual package, and only a versioned one for a versioned relation', async () => {
    const from = await index(
      'a ; Depends: virtual',
      'b ; Depends: virtual (>= 3)',
      'p ; Provides: virtual, other',
      'q ; Provides: virtual (= 4)',
    );
    expect(closure(['a'], from)).toEqual(['a=1.0', 'p=1.0']);
    expect(closure(['b'], from)).toEqual(['b=1.0', 'q=1.0']);
  });

  it('never takes what is named in without', async () => {
    const from = await index('a ; Depends: init | other, b', 'b', 'init', 'other');
    expect(closure(['a'], from, ['init'])).toEqual(['a=1.0', 'b=1.0']);
  });

  it('ends with dependency cycles', async () => {
    expect(closure(['a'], await index('a ; Depends: b', 'b ; Depends: a'))).toEqual(['a=1.0', 'b=1.0']);
  });

  it('ignores architecture qualifiers', async () => {
    expect(closure(['a'], await index('a ; Depends: perl:any (>= 5)', 'perl 5.40'))).toEqual([
      'a=1.0',
      'perl=5.40',
    ]);
  });

  it('says who needs what when it cannot be had', async () => {
    const lacking = await index('a');
    const tooOld = await index('a ; Depends: b (>= 2) | c', 'b 1.0');
    const tooNew = await index('a ; Depends: b (= 1.0)', 'b 2.0');
    expect(() => closure(['nothing'], lacking)).toThrow(/no package "nothing"/);
    expect(() => closure(['a'], tooOld)).toThrow(/"a" 1\.0 needs b \(>= 2\) or c/);
    expect(() => closure(['a', 'b'], tooNew)).toThrow(/b 2\.0 was chosen/);
  });
});

describe('PackageIndex', () => {
  it('compares versions across indexes, so security updates win', async () => {
    const stanza = (version: string) =>
      `Package: linux\nVersion: ${version}\nFilename: f\nSize: 1\nSHA256: ${version}\n`;
    const both = await indexOf(['debian', stanza('6.12.107-1')], ['debian-security', stanza('6.12.117-1')]);
    expect(both.newest('linux')).toMatchObject({ version: '6.12.117-1', archive: 'debian-security' });
  });

  it('refuses an entry without a hash', async () => {
    const broken = await indexOf(['debian', 'Package: a\nVersion: 1\nFilename: f\nSize: 1\n']);
    expect(() => broken.newest('a')).toThrow(/without "sha256"/);
  });
});
