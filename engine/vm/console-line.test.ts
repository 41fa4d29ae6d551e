import { expect, test } from 'vitest';
import { consoleFact } from './console-line.ts';

test('the guest’s own lines, wherever they stand on the line', () => {
  expect(consoleFact('@foredeck stage=sshd\r')).toEqual({ kind: 'stage', stage: 'sshd' });
  expect(consoleFact('[    6.1] x@foredeck stage=init')).toEqual({ kind: 'stage', stage: 'init' });
  expect(consoleFact('@foredeck stage=disks[    9.2] kernel')).toEqual({ kind: 'stage', stage: 'disks' });
  expect(consoleFact('@foredeck problem=disks cannot mount /dev/vdb')).toEqual({
    kind: 'problem',
    stage: 'disks',
    text: 'cannot mount /dev/vdb',
  });
  expect(consoleFact('@foredeck problem=dockerd')).toEqual({
    kind: 'problem',
    stage: 'dockerd',
    text: 'failed',
  });
});

test('stages this engine does not know tell nothing', () => {
  expect(consoleFact('@foredeck stage=lunch')).toBeUndefined();
  expect(consoleFact('@foredeck stage=')).toBeUndefined();
});

test('kernel lines are told by their clock', () => {
  expect(consoleFact('[    0.000000] Linux version 6.12.107')).toEqual({ kind: 'kernel' });
  expect(consoleFact('[12345.678901] eth0: link up')).toEqual({ kind: 'kernel' });
  expect(consoleFact('SeaBIOS (version 1.16.3)')).toBeUndefined();
});

test('a problem text is cut to what can be shown', () => {
  const fact = consoleFact(`@foredeck problem=network ${'x'.repeat(5_000)}`);
  expect(fact?.kind === 'problem' && fact.text.length).toBe(300);
});
