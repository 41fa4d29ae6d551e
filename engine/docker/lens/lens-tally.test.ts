import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Arch } from '../../../contract/arch.ts';
import type { LensCall } from '../../../contract/syscall-lens.ts';
import { LensTally, type SyscallNames } from './lens-tally.ts';
import { readSyscallAdvice } from './syscall-advice.ts';

const advice = await readSyscallAdvice(
  join(import.meta.dirname, '../../../resources/syscall-advice/syscall-advice.json'),
);

/** As much of the tables as the fixtures need; emulation/ has all of them. */
const tables: Partial<Record<Arch, Readonly<Record<string, number>>>> = {
  arm64: { io_uring_setup: 425, ptrace: 117, seccomp: 277, execve: 221, ioctl: 29, setsockopt: 208 },
  amd64: { io_uring_setup: 425, ptrace: 101, seccomp: 317 },
  mips64le: { io_uring_setup: 5425, ptrace: 5099, sysmips: 5199 },
};

const names: SyscallNames = {
  name: (arch, number) =>
    Object.entries(tables[arch] ?? {}).find(([, known]) => known === number)?.[0] ?? null,
  number: (arch, name) => tables[arch]?.[name] ?? null,
};

function tallyOf(arch: Arch, lines: Iterable<string>): LensTally {
  const tally = new LensTally({ arch, names, advice });
  for (const line of lines) tally.take(line);
  return tally;
}

async function fixture(arch: Arch, name: string): Promise<Map<string, LensCall>> {
  const text = await readFile(join(import.meta.dirname, 'fixtures', `${name}.txt`), 'utf8');
  return new Map(tallyOf(arch, text.trimEnd().split('\n')).calls.map((call) => [call.name, call]));
}

for (const version of ['10.0.13', '11.1.3']) {
  describe(`qemu-user ${version}`, () => {
    it('tells what it does not have by number', async () => {
      const calls = await fixture('arm64', `unimp-arm64-${version}`);
      expect([...calls.keys()]).toEqual(['io_uring_setup', 'ptrace', 'syscall 999', 'seccomp']);
      expect(calls.get('io_uring_setup')).toMatchObject({ number: 425, count: 2, unsupported: true });
      expect(calls.get('io_uring_setup')?.advice).toContain('UV_USE_IO_URING=0');
      expect(calls.get('syscall 999')).toMatchObject({
        number: 999,
        count: 1,
        unsupported: true,
        advice: null,
      });
    });

    it('tells it by name or number in a trace', async () => {
      const calls = await fixture('arm64', `strace-arm64-${version}`);
      expect(calls.get('io_uring_setup')).toMatchObject({ number: 425, count: 2, unsupported: true });
      expect(calls.get('ptrace')).toMatchObject({ number: 117, unsupported: true, errors: { ENOSYS: 1 } });
      expect(calls.get('exit')).toMatchObject({ number: null, unsupported: false, errors: {} });
    });

    it("counts by each architecture's own numbers", async () => {
      const amd64 = await fixture('amd64', `unimp-amd64-${version}`);
      expect(amd64.get('ptrace')).toMatchObject({ number: 101 });
      expect(amd64.get('seccomp')).toMatchObject({ number: 317 });
      const mips = await fixture('mips64le', `strace-mips64le-${version}`);
      // 89, where others have 38.
      expect(mips.get('ptrace')).toMatchObject({ number: 5099, unsupported: true, errors: { ENOSYS: 1 } });
    });

    it('counts calls of processes which write into one another', async () => {
      const calls = await fixture('arm64', `strace-busybox-${version}`);
      expect(calls.get('set_robust_list')).toMatchObject({ unsupported: true, errors: { ENOSYS: 4 } });
      expect(calls.get('clone')?.count).toBe(3);
      expect(calls.get('write')?.count).toBeGreaterThanOrEqual(1);
      // QEMU's own ERESTARTSYS and QEMU_ESIGRETURN are no errors of the program.
      expect(calls.get('rt_sigreturn')?.errors).toEqual({});
      expect(calls.get('wait4')?.errors).toEqual({ ECHILD: 2 });
    });
  });
}

describe('what else the emulator lacks', () => {
  // Formats of linux-user/syscall.c, QEMU 10.0.
  it('names requests and options', () => {
    const { calls } = tallyOf('arm64', [
      'Unsupported ioctl: cmd=0x5413',
      'Unsupported ioctl: cmd=0x5413',
      'Unsupported setsockopt level=1 optname=50',
    ]);
    expect(calls).toMatchObject([
      { name: 'ioctl(0x5413)', number: 29, count: 2, unsupported: true },
      { name: 'setsockopt(level 1, option 50)', number: 208, count: 1 },
    ]);
  });
});

describe('a hostile program', () => {
  it('fills no memory', () => {
    const tally = tallyOf(
      'arm64',
      Array.from({ length: 5_000 }, (_, index) => `Unsupported syscall: ${index + 1_000}`),
    );
    expect(tally.calls.length).toBe(600);
    expect(tally.truncated).toBe(true);
    const long = tallyOf('arm64', ['x'.repeat(1e6)]);
    expect(long.tail.join('').length).toBe(300);
    const errors = tallyOf(
      'arm64',
      Array.from({ length: 1_000 }, (_, index) => `1 read(0) = -1 errno=${index + 1_000} (x)`),
    );
    expect(Object.keys(errors.calls[0]?.errors ?? {}).length).toBe(30);
  });

  it('is not taken for the emulator by what looks a little like it', () => {
    const { calls, lines } = tallyOf('arm64', [
      'said: Unsupported syscall: 425',
      'Unsupported syscall: 99999999999999',
      'main(argc, argv)',
      '--- SIGCHLD {si_signo=SIGCHLD, si_code=1} ---',
      ' = 0',
      '',
    ]);
    expect(calls).toEqual([]);
    expect(lines).toBe(6);
  });

  it('can use names that objects have', () => {
    const { calls } = tallyOf('arm64', ['1 constructor(1) = 0', '1 __proto__(1) = -1 errno=38 (x)']);
    expect(calls).toMatchObject([
      { name: '__proto__', errors: { ENOSYS: 1 } },
      { name: 'constructor', errors: {} },
    ]);
  });
});
