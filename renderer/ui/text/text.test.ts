import { describe, expect, it } from 'vitest';
import { formatBytes } from './bytes.ts';
import { formatAge, formatDuration } from './duration.ts';
import { plainLines, plainText } from './plain-text.ts';

describe('plainText', () => {
  it('takes the direction overrides out of a name', () => {
    expect(plainText('invoice\u202egnp.exe')).toBe('invoicegnp.exe');
    expect(plainText('a\u2066b\u2069c\u200bd\u{e0041}e')).toBe('abcde');
  });

  it('takes terminal sequences out whole, not only their first byte', () => {
    expect(plainText('\u001b[31mred\u001b[0m \u001b]0;title\u0007done')).toBe('red done');
  });

  it('keeps markup as the text it is, and letters of every script', () => {
    expect(plainText('<img src=x onerror=alert(1)>')).toBe('<img src=x onerror=alert(1)>');
    expect(plainText('şehir Ωμέγα 東京 עברית 🚢')).toBe('şehir Ωμέγα 東京 עברית 🚢');
  });

  it('makes one line of several and cuts the endless', () => {
    expect(plainText('a\r\n\tb')).toBe('a b');
    expect(plainText('x'.repeat(1_000_000)).length).toBeLessThan(5_000);
  });
});

describe('plainLines', () => {
  it('keeps line feeds and columns, nothing else that acts', () => {
    expect(plainLines('[    0.1] one\r\n\u001b[1mtwo\u202e\tx\n')).toBe('[    0.1] one\ntwo    x\n');
  });
});

describe('figures', () => {
  it('writes sizes with at most three digits', () => {
    expect(formatBytes(0)).toBe('0 B');
    expect(formatBytes(1_536)).toBe('1.5 KiB');
    expect(formatBytes(2 * 1024 ** 3)).toBe('2 GiB');
    expect(formatBytes(1_000 * 1_024)).toBe('1 MiB');
  });

  it('writes durations and ages in two units at most', () => {
    expect(formatDuration(112.4)).toBe('112 ms');
    expect(formatDuration(6_540)).toBe('6.5 s');
    expect(formatDuration(59_999)).toBe('59.9 s');
    expect(formatDuration(125_000)).toBe('2 min 5 s');
    expect(formatDuration(60_000)).toBe('1 min');
    expect(formatDuration(90_061_000)).toBe('1 d 1 h');
    expect(formatAge(-50)).toBe('just now');
    expect(formatAge(185_000)).toBe('3 min ago');
  });
});
