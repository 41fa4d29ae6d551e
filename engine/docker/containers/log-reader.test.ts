import { expect, it } from 'vitest';
import { LogReader } from './log-reader.ts';

const all = { lines: 1_000, chars: 1_000_000 };
const first = '2026-01-02T03:04:05.678901234Z';
const second = '2026-01-02T03:04:06.000000007Z';
const seconds = Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000;

function frame(kind: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = kind;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

function read(bytes: Buffer, size: number, tty = false) {
  const reader = new LogReader({ tty });
  for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
  reader.end();
  return reader.take(all);
}

it('tells output and errors apart, each line with its time, however the bytes arrive', () => {
  const bytes = Buffer.concat([
    frame(1, `${first} hé\r\n`),
    frame(2, `${second} oops\n`),
    frame(1, `${second} last`),
  ]);
  for (const size of [1, 5, 30, 1_000]) {
    expect(read(bytes, size)).toEqual([
      { from: 'stdout', at: seconds * 1_000 + 678, text: 'hé', cursor: `${seconds}.678901234` },
      { from: 'stderr', at: (seconds + 1) * 1_000, text: 'oops', cursor: `${seconds + 1}.000000007` },
      { from: 'stdout', at: (seconds + 1) * 1_000, text: 'last', cursor: `${seconds + 1}.000000007` },
    ]);
  }
});

it('puts a line together which Docker kept in several entries, under the time of its first', () => {
  const bytes = Buffer.concat([
    frame(1, `${first} begin `),
    frame(2, `${first} between\n`),
    frame(1, `${second} end\n`),
  ]);
  expect(read(bytes, 7).map(({ text, at }) => [text, at])).toEqual([
    ['between', seconds * 1_000 + 678],
    ['begin end', seconds * 1_000 + 678],
  ]);
});

it('reads what a terminal wrote, a time in front of each line', () => {
  const bytes = Buffer.from(`${first} one\r\n${second} \r\n${second} thr`);
  for (const size of [1, 4, 1_000]) {
    expect(read(bytes, size, true).map(({ from, text }) => [from, text])).toEqual([
      ['stdout', 'one'],
      ['stdout', ''],
      ['stdout', 'thr'],
    ]);
  }
});

it('takes lines as they are where there is no time, or something that only begins like one', () => {
  const bytes = Buffer.concat([frame(1, 'short\n'), frame(1, '2026-01-02T03:04:05.67890123xZ and more\n')]);
  expect(read(bytes, 3)).toEqual([
    { from: 'stdout', at: null, text: 'short', cursor: null },
    { from: 'stdout', at: null, text: '2026-01-02T03:04:05.67890123xZ and more', cursor: null },
  ]);
});

it('cuts a line that does not end, and gives no more at a time than is asked for', () => {
  const reader = new LogReader({ tty: false });
  reader.push(frame(1, `${first} ${'x'.repeat(40_000)}\n${'y'.repeat(10)}\n`));
  expect(reader.waiting).toBe(4);
  expect(reader.take({ lines: 2, chars: 1_000_000 }).map(({ text }) => text.length)).toEqual([
    16_384, 16_384,
  ]);
  expect(reader.take({ lines: 9, chars: 1 }).map(({ text }) => text.length)).toEqual([40_000 - 2 * 16_384]);
  expect(reader.take(all).map(({ text }) => text)).toEqual(['y'.repeat(10)]);
});
