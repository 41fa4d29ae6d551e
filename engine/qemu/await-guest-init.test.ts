import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { Machine, MachineExit, MachinePause } from '../vm/ports.ts';
import { awaitGuestInit } from './await-guest-init.ts';

const signal = new AbortController().signal;

/** What the trial needs of a machine, moved by hand. */
function machine() {
  const exit = Promise.withResolvers<MachineExit>();
  const listeners = new Set<(pause: MachinePause | null) => void>();
  const self = {
    accelerator: 'kvm',
    spawnedAt: Date.now(),
    pause: null,
    exited: exit.promise,
    onPause(listener: (pause: MachinePause | null) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Machine;
  return {
    self,
    listeners,
    exit: exit.resolve,
    pause: (pause: MachinePause) => {
      for (const listener of listeners) listener(pause);
    },
  };
}

async function trial(console: string, move: (moved: ReturnType<typeof machine>) => void, silenceMs = 60_000) {
  return await withTempFolder(async (folder) => {
    const consolePath = join(folder, 'console.log');
    await writeFile(consolePath, console);
    const moved = machine();
    const proof = awaitGuestInit({ machine: moved.self, consolePath, signal, silenceMs });
    move(moved);
    const result = await proof;
    expect(moved.listeners.size).toBe(0);
    return result;
  });
}

test('firmware and kernel words are not enough: silence after them is a failure that says how far it came', async () => {
  expect(await trial('SeaBIOS (version 1.16)\n', () => undefined, 80)).toEqual({
    works: false,
    why: 'no kernel output within 0.08 s',
    ended: false,
  });
  expect(await trial('[    0.000000] Linux version 6.12\n', () => undefined, 80)).toEqual({
    works: false,
    why: 'the kernel fell silent for 0.08 s after "[    0.000000] Linux version 6.12"',
    ended: false,
  });
});

test('the guest’s init is the proof', async () => {
  const proof = await trial('[    0.000000] Linux\r\n@foredeck stage=init\r\n', () => undefined);
  expect(proof.works).toBe(true);
});

test('a QEMU that ends, or stops its guest, fails at once', async () => {
  const exit = { code: null, signal: 'SIGABRT', cause: null, stderrTail: 'failed to set MSR 0x10a\nmore' };
  expect(await trial('', ({ exit: end }) => end(exit))).toEqual({
    works: false,
    why: 'QEMU ended with SIGABRT: failed to set MSR 0x10a',
    ended: true,
  });
  expect(await trial('', ({ pause }) => pause({ reason: 'other', detail: 'KVM internal error' }))).toEqual({
    works: false,
    why: 'KVM internal error',
    ended: false,
  });
});

test('a full disk is not the accelerator’s fault', async () => {
  const proof = await trial(
    '[    0.000000] Linux\n',
    ({ pause }) => pause({ reason: 'disk_full', detail: '' }),
    80,
  );
  expect(proof.why).toContain('fell silent');
});
