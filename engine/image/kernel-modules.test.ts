import { describe, expect, it } from 'vitest';
import { withoutSignature } from './kernel-modules.ts';

describe('withoutSignature', () => {
  it('cuts off what sign-file has put behind a module', () => {
    const module = Buffer.from('\x7fELF, code and data');
    const signature = Buffer.alloc(263, 0x30);
    const info = Buffer.from([0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 7]);
    const mark = Buffer.from('~Module signature appended~\n');
    expect(withoutSignature(Buffer.concat([module, signature, info, mark]))).toEqual(module);
  });

  it('leaves a module without one as it is', () => {
    const module = Buffer.from('\x7fELF, code and data');
    expect(withoutSignature(module)).toBe(module);
  });
});
