import { describe, expect, it } from 'vitest';
import type { Handler, SelfTest } from '../../../contract/records.ts';
import { EngineError } from '../../base/engine-error.ts';
import { silentLog } from '../../base/log.ts';
import { LocalGuest } from '../../testing/local-guest.ts';
import type { PackageFiles } from '../../vm/ports.ts';
import { archRow } from '../arch-table.ts';
import { judgeBusybox } from './busybox-step.ts';
import { dockerStep, type RunContainer } from './docker-step.ts';
import { LateProofs } from './late-proofs.ts';

const row = archRow('arm64');

/** As on a machine without network and without the package. */
const offline: PackageFiles = {
  fetch: async () => {
    throw new EngineError({ code: 'mirror_unreachable', message: 'No mirror answers.' });
  },
  newestVersion: async () => '',
};

const proved: SelfTest = {
  at: 1,
  cause: 'boot',
  ok: true,
  ms: 40,
  steps: [{ id: 'run', ok: true, ms: 10, detail: 'exit code 42, as expected', consequence: null }],
  complete: false,
  isaLevel: null,
  missingSyscalls: [],
};

async function withLate(
  lastTest: SelfTest,
  work: (late: LateProofs, guest: LocalGuest, record: { lastTest: SelfTest }) => Promise<void>,
): Promise<void> {
  const guest = await LocalGuest.start({ privateBinfmt: false });
  const record = { state: 'on', lastTest } as Handler & { lastTest: SelfTest };
  const late = new LateProofs({
    vmUname: 'x86_64',
    packages: offline,
    record: () => record,
    onProved: (_row, test) => {
      record.lastTest = test;
    },
    log: silentLog,
  });
  try {
    await work(late, guest, record);
  } finally {
    await guest.close();
    expect(guest.alive).toBe(0);
  }
}

describe('late proofs', () => {
  it('wait for Docker', async () => {
    await withLate(proved, async (late, guest, record) => {
      await late.prove(row);
      expect(record.lastTest).toBe(proved);
      late.connect({ link: guest, runContainer: async () => 42 });
      await late.prove(row);
      expect(record.lastTest).toMatchObject({ ok: true, complete: true, at: 1 });
      expect(record.lastTest.steps.map(({ id, ok, detail }) => [id, ok, detail])).toEqual([
        ['run', true, 'exit code 42, as expected'],
        ['busybox', true, 'not run: No mirror answers.'],
        ['docker', true, 'a container of linux/arm64 ended with status 42, as expected'],
      ]);
    });
  });

  it('fail a test which Docker fails', async () => {
    await withLate(proved, async (late, guest, record) => {
      late.connect({ link: guest, runContainer: async () => 126 });
      await late.prove(row);
      expect(record.lastTest).toMatchObject({ ok: false, complete: true });
      expect(record.lastTest.steps.at(-1)).toMatchObject({
        detail: 'a container of linux/arm64 ended with status 126 instead of 42',
        consequence: expect.stringContaining('Docker cannot run arm64 images'),
      });
    });
  });

  it('belong to the newest test', async () => {
    await withLate(proved, async (late, guest, record) => {
      let runs = 0;
      const runContainer: RunContainer = async () => {
        runs += 1;
        if (runs === 1) record.lastTest = { ...proved, at: 2 };
        return 42;
      };
      late.connect({ link: guest, runContainer });
      await late.prove(row);
      expect(runs).toBe(2);
      expect(record.lastTest).toMatchObject({ at: 2, complete: true });
    });
  });

  it('leave alone what failed before, and what is gone meanwhile', async () => {
    await withLate({ ...proved, ok: false, complete: true }, async (late, guest, record) => {
      late.connect({ link: guest, runContainer: () => Promise.reject(new TypeError('not to be called')) });
      await late.prove(row);
      expect(record.lastTest.steps).toHaveLength(1);
    });
    await withLate(proved, async (late, guest, record) => {
      late.connect({
        link: guest,
        runContainer: async ({ signal }) => {
          await guest.close();
          throw signal.reason;
        },
      });
      await late.prove(row);
      expect(late.connected).toBe(false);
      expect(record.lastTest).toBe(proved);
    });
  });
});

describe('busybox', () => {
  const words = '3\nbackground\nstatus 0\n';
  const judged = (stdout: string, code = 0) => judgeBusybox(row, 'x86_64', { code, stdout }, 5);

  it('says which machine it sees', () => {
    expect(judged(`aarch64\n${words}`)).toMatchObject({ ok: true, ms: 5, consequence: null });
    expect(judged(`x86_64\n${words}`)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('natively'),
    });
    expect(judged(`riscv64\n${words}`)).toMatchObject({
      ok: false,
      detail: 'uname says riscv64 instead of aarch64',
    });
  });

  it('may be a newer processor in its 32-bit mode', () => {
    const arm = judgeBusybox(archRow('arm/v7'), 'x86_64', { code: 0, stdout: `armv8l\n${words}` }, 5);
    expect(arm.ok).toBe(true);
  });

  it('fails when a shell or a job does', () => {
    expect(judged('aarch64\n', 139)).toMatchObject({
      ok: false,
      detail: expect.stringContaining('status 139'),
    });
    expect(judged('aarch64\n3\nstatus 0\n')).toMatchObject({ ok: false });
  });
});

it('hands Docker a tar with the stub and nothing else', async () => {
  const step = await dockerStep({
    row: archRow('arm/v7'),
    signal: new AbortController().signal,
    runContainer: async ({ platform, rootFilesystem, command }) => {
      expect(platform).toBe('linux/arm/v7');
      expect(command).toEqual(['/stub']);
      expect(Buffer.from(rootFilesystem).toString('latin1', 0, 4)).toBe('stub');
      throw new EngineError({ code: 'docker_failed', message: 'no such platform.' });
    },
  });
  expect(step).toMatchObject({ id: 'docker', ok: false, detail: 'no such platform.' });
});
