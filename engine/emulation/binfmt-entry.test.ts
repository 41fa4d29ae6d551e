import { describe, expect, it } from 'vitest';
import { archRow } from './arch-table.ts';
import { entryDifferences, parseBinfmtEntry, registerString } from './binfmt-entry.ts';

const row = archRow('arm64');
const interpreter = '/var/lib/foredeck/emulators/10.0.13+ds-0+deb13u1-0123456789ab/qemu-aarch64';

/** `cat /proc/sys/fs/binfmt_misc/qemu-aarch64`, Linux 6.18. */
const printed = `enabled
interpreter ${interpreter}
flags: POCF
offset 0
magic 7f454c460201010000000000000000000200b700
mask ffffffffffffff00fffffffffffffffffeffffff
`;

describe('registerString', () => {
  it('writes what the kernel document asks for', () => {
    expect(registerString(row, 'qemu-aarch64', interpreter)).toBe(
      String.raw`:qemu-aarch64:M:0:\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:${interpreter}:CFP`,
    );
  });

  it.each(['relative/path', '/with:colon', '/with\nnewline', `/${'x'.repeat(127)}`])(
    'refuses the interpreter %j',
    (path) => {
      expect(() => registerString(row, 'qemu-aarch64', path)).toThrow(TypeError);
    },
  );
});

describe('entries', () => {
  it('equal to the table have no differences', () => {
    const entry = parseBinfmtEntry('qemu-aarch64', printed);
    expect(entry && entryDifferences(entry, row, interpreter)).toEqual([]);
  });

  it.each([
    ['disabled', ['enabled', 'disabled'], 'it is disabled'],
    ['without C', ['POCF', 'POF'], 'sudo and other setuid programs will fail (no C)'],
    ['without F', ['POCF', 'POC'], 'containers will not find the emulator (no F)'],
    ['with another emulator', ['10.0.13', '7.2.22'], 'its interpreter is '],
    ['with another mask', ['mask ff', 'mask fe'], 'its mask is feff'],
  ])('%s are told apart', (_, [from = '', to = ''], words) => {
    const entry = parseBinfmtEntry('qemu-aarch64', printed.replace(from, to));
    expect(entry && entryDifferences(entry, row, interpreter).join()).toContain(words);
  });

  it('are not whatever else lies in that folder', () => {
    expect(parseBinfmtEntry('strange', 'something else\n')).toBeNull();
  });
});
