import { expect, test } from 'vitest';
import { silentLog } from '../base/log.ts';
import { LocalGuest } from '../testing/local-guest.ts';
import { flushGuest, wakeGuest } from './host-power.ts';

test('before sleep the guest writes what it holds; one that is gone does not hold the host up', async () => {
  const guest = await LocalGuest.start({ privateBinfmt: false });
  const commands: (readonly string[])[] = [];
  // Not run: it would write out what the whole of this machine holds.
  const noting = Object.assign(Object.create(guest), {
    exec: async (argv: readonly string[]) => {
      commands.push(argv);
      return { code: 0, stdout: '', stderr: '' };
    },
  });
  await flushGuest(noting, silentLog);
  expect(commands).toEqual([['sync']]);
  const gone = Object.assign(Object.create(guest), { exec: () => Promise.reject(new Error('gone')) });
  await expect(flushGuest(gone, silentLog)).resolves.toBeUndefined();
  await guest.close();
});

test('after sleep a guest that answers has its clock looked at and keeps its connection', async () => {
  const guest = await LocalGuest.start({ privateBinfmt: false });
  await wakeGuest(guest, silentLog);
  // Asked again while it is slow, and not set: it is this machine's.
  expect(new Set(guest.commands.map((argv) => argv.join(' ')))).toEqual(new Set(['sh -c exec date +%s%3N']));
  expect(guest.signal.aborted).toBe(false);
  await guest.close();
  expect(guest.alive).toBe(0);
});

test('after sleep a connection that does not answer is ended, so that its session makes another', async () => {
  const guest = await LocalGuest.start({ privateBinfmt: false });
  const deaf = Object.assign(Object.create(guest), {
    exec: () => Promise.reject(new Error('no answer')),
    close: () => guest.close(),
  });
  await wakeGuest(deaf, silentLog);
  expect(guest.signal.aborted).toBe(true);
});
