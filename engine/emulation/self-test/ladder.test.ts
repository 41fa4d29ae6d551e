import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { findExecutable, searchPath } from '../../base/find-executable.ts';
import { LocalGuest, privateBinfmtAvailable } from '../../testing/local-guest.ts';
import { archRow, archTable } from '../arch-table.ts';
import { needsLoader } from '../elf-header.ts';
import { emulatorsFolder, GuestTrip } from '../guest-trip.ts';
import { judgeHandler, judgeNative } from './judge-ladder.ts';

/*
 * The whole ladder with a real kernel, in a binfmt_misc of its own: this machine's processor, and whichever static
 * emulators this machine happens to have.
 */
const available = process.arch === 'x64' && privateBinfmtAvailable();
const native = ['amd64', '386'] as const;

async function withGuest(work: (guest: LocalGuest) => Promise<void>): Promise<void> {
  const guest = await LocalGuest.start({ privateBinfmt: true });
  try {
    await work(guest);
  } finally {
    await guest.close();
    expect(guest.alive).toBe(0);
  }
}

it.skipIf(!available).each(native)('is climbed by this machine: %s', async (arch) => {
  await withGuest(async (guest) => {
    const row = archRow(arch);
    const report = await new GuestTrip().entries().prove(row).run(guest);
    const test = judgeNative({ row, report, cause: 'request' });
    expect(test.steps.filter((step) => !step.ok)).toEqual([]);
    expect(test.complete).toBe(true);
    if (arch === 'amd64') expect(test.isaLevel).toMatch(/^x86-64-v[1-4]$/);
    expect(test.missingSyscalls).not.toContain('statx');
    // Nothing stays behind.
    expect((await guest.exec(['ls', '/var/lib/foredeck'])).stdout).toBe('');
  });
});

it.skipIf(!available)('ends at its first rung without a handler', async () => {
  await withGuest(async (guest) => {
    const row = archRow('s390x');
    const report = await new GuestTrip().entries().prove(row).run(guest);
    const test = judgeHandler({
      row,
      report,
      interpreter: `${emulatorsFolder}/1/qemu-s390x`,
      cause: 'request',
    });
    expect(test.steps.filter((step) => !step.ok).map((step) => step.id)).toEqual(['entry', 'run']);
    expect([...(report.runs.get('s390x')?.keys() ?? [])]).toEqual(['run']);
  });
});

for (const row of archTable.filter(({ arch }) => !native.some((own) => own === arch))) {
  const path = await staticEmulator(row.emulator);
  it.skipIf(!available || path === null)(`is climbed under an emulator: ${row.arch}`, async () => {
    await withGuest(async (guest) => {
      const inside = `${emulatorsFolder}/0-0123456789ab/${row.emulator}`;
      await guest.writeFile(inside, await readFile(path ?? ''), { mode: 0o755 });
      const trip = new GuestTrip().register(row, inside, { keep: false }).entries().prove(row);
      const test = judgeHandler({
        row,
        report: await trip.run(guest),
        interpreter: inside,
        cause: 'request',
      });
      expect(test.steps.filter((step) => !step.ok)).toEqual([]);
      expect(test.missingSyscalls).toContain('ptrace');
    });
  });
}

async function staticEmulator(name: string): Promise<string | null> {
  for (const candidate of [`${name}-static`, name]) {
    const path = await findExecutable(candidate, searchPath());
    if (path && !needsLoader(await readFile(path))) return path;
  }
  return null;
}
