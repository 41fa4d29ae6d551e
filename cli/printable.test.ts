import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test.each([
  ['a plain name', 'a plain name'],
  ['\u001b[31mred\u001b[0m', ' [31mred [0m'],
  ['\u001b]52;c;aGk=\u0007', ' ]52;c;aGk= '],
  ['two\r\nlines\u2028more', 'two  lines more'],
  ['c1 \u009b2J', 'c1  2J'],
  ['txt.\u202Eexe', 'txt.exe'],
  ['größe 日本 🚢', 'größe 日本 🚢'],
])('%j is shown as %j', (text, shown) => {
  expect(printable(text)).toBe(shown);
});
