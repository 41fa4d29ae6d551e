import { describe, expect, it } from 'vitest';
import { readPackageList } from './package-list.ts';

const list = [
  'Package: a',
  'Version: 1',
  'Description: something',
  ' Package: not a field',
  'Depends: b',
  '',
  'Package: b',
  'SHA256: ff',
].join('\n');

const kept = 'Package: a\nVersion: 1\nDepends: b\n\nPackage: b\nSHA256: ff';

async function readInPieces(pieceBytes: number): Promise<string> {
  const bytes = Buffer.from(list);
  return await readPackageList(
    (async function* () {
      for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    })(),
  );
}

describe('readPackageList', () => {
  it.each([1, 2, 7, 20, 1_000])(
    'keeps the wanted fields when it comes in pieces of %i bytes',
    async (bytes) => {
      expect(await readInPieces(bytes)).toBe(kept);
    },
  );
});
