import { expect, it } from 'vitest';
import { rawCommandLine } from './raw-command-line.ts';

it('quotes only what a shell would take apart', () => {
  expect(rawCommandLine(['qemu-aarch64', '/bin/sh', 'sh', '-c', "echo 'a b'", ''])).toBe(
    "qemu-aarch64 /bin/sh sh -c 'echo '\\''a b'\\''' ''",
  );
});

it.each([
  ['a\nb\t', "$'a\\x0ab\\x09'"],
  ['two  blanks', "$'two  blanks'"],
  ['\u001b[31mred\u0007', "$'\\x1b[31mred\\x07'"],
  ['\u202egpj.', "$'\\xe2\\x80\\xaegpj.'"],
  ["back\\slash's\n", "$'back\\\\slash\\'s\\x0a'"],
])('escapes what acts on a terminal: %j', (argument, word) => {
  expect(rawCommandLine([argument])).toBe(word);
});
