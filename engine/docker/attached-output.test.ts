import { expect, it } from 'vitest';
import { framesOf, linesOf } from './attached-output.ts';

function frame(kind: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function lines(bytes: Buffer, size: number): Promise<string[]> {
  return await Array.fromAsync(linesOf(framesOf(inPieces(bytes, size), 2)));
}

it('gives the lines of one stream, however the bytes arrive', async () => {
  const bytes = Buffer.concat([
    frame(2, 'first\r\nsec'),
    frame(1, 'output\n'),
    frame(2, ''),
    frame(2, 'ond é\nlast'),
  ]);
  for (const size of [1, 3, 7, 1_000])
    expect(await lines(bytes, size)).toEqual(['first', 'second é', 'last']);
});

it('cuts lines that do not end', async () => {
  const found = await lines(frame(2, `${'x'.repeat(20_000)}\nend`), 512);
  expect(found.at(-1)).toBe('end');
  expect(Math.max(...found.map((line) => line.length))).toBe(4_096);
});
