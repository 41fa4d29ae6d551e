import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { archRow } from './arch-table.ts';
import { needsLoader, readElfHeader } from './elf-header.ts';
import { exitStub } from './self-test/exit-stub.ts';

describe('readElfHeader', () => {
  it('reads both byte orders and both classes', () => {
    expect(readElfHeader(exitStub(archRow('s390x')))).toEqual({
      bits: 64,
      endian: 'big',
      type: 2,
      machine: 22,
    });
    expect(readElfHeader(exitStub(archRow('arm/v7')))).toEqual({
      bits: 32,
      endian: 'little',
      type: 2,
      machine: 40,
    });
  });

  it('knows what is no ELF file', () => {
    expect(readElfHeader(Buffer.from('#!/bin/sh\necho this is a script\n'))).toBeNull();
    expect(readElfHeader(exitStub(archRow('amd64')).slice(0, 19))).toBeNull();
    const wrongClass = exitStub(archRow('amd64'));
    wrongClass[4] = 3;
    expect(readElfHeader(wrongClass)).toBeNull();
  });
});

describe('needsLoader', () => {
  it('is false for a program that needs nothing', () => {
    expect(needsLoader(exitStub(archRow('amd64')))).toBe(false);
    expect(needsLoader(exitStub(archRow('386')))).toBe(false);
  });

  it.skipIf(process.platform !== 'linux')(
    'is true for a dynamically linked one: the Node that runs this',
    async () => {
      expect(needsLoader(await readFile(process.execPath))).toBe(true);
    },
  );
});
