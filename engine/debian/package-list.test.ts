import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { PackageList } from './package-list.ts';

const text = [
  'Package: a',
  'Version: 1',
  'Description: something',
  ' Package: not a field',
  'Depends: b',
  'Provides: x (= 1), y',
  '',
  'Package: b',
  'SHA256: ff',
].join('\n');

const a = 'Package: a\nVersion: 1\nDepends: b\nProvides: x (= 1), y';
const b = 'Package: b\nSHA256: ff';

/** `text` in pieces of so many bytes. */
function pieces(all: string, pieceBytes: number): Readable {
  const bytes = Buffer.from(all);
  const count = Math.ceil(bytes.length / pieceBytes);
  return Readable.from(
    Array.from({ length: count }, (_, at) => bytes.subarray(at * pieceBytes, (at + 1) * pieceBytes)),
  );
}

describe('PackageList', () => {
  it.each([1, 2, 7, 20, 1_000])(
    'keeps the wanted fields when it comes in pieces of %i bytes',
    async (bytes) => {
      const list = await PackageList.read(pieces(text, bytes));
      expect(list.named('a')).toEqual([a]);
      expect(list.named('b')).toEqual([b]);
      expect(list.named('not')).toEqual([]);
      expect(list.providing('x')).toEqual([a]);
      expect(list.providing('y')).toEqual([a]);
      expect(list.providing('a')).toEqual([]);
    },
  );

  it('finds every package of a list with more of them than hash chains', async () => {
    const names = Array.from({ length: 100_000 }, (_, number) => `p${number}`);
    const all = names.map((name) => `Package: ${name}\nDepends: some, others\n`).join('\n');
    const list = await PackageList.read(pieces(all, 65_536));
    for (const name of ['p0', 'p77777', 'p99999']) {
      const stanzas = list.named(name).map((stanza) => stanza.trimEnd());
      expect(stanzas).toContain(`Package: ${name}\nDepends: some, others`);
    }
  });

  it('has nothing any more when it is closed', async () => {
    const list = await PackageList.read(pieces(text, 1_000));
    list.close();
    expect(() => list.named('a')).toThrow(RangeError);
  });
});
