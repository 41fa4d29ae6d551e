import type { SelfTestStep } from '../../../contract/records.ts';
import type { ArchRow } from '../arch-table.ts';
import { expectedMissing } from './expected-syscalls.ts';
import type { ProgramRun, ProgramRuns } from './program-run.ts';
import { lossWords, probedSyscalls } from './syscall-probes.ts';

/**
 * Which probed system calls are not there. Missing ones do not fail the step: most programs do without, and what
 * people lose is told as its consequence. `version` of QEMU, null where nothing is emulated.
 */
export function judgeSyscalls(
  row: ArchRow,
  runs: ProgramRuns,
  version: string | null,
): { readonly step: SelfTestStep; readonly missing: readonly string[] } {
  const run = runs.get('calls');
  const probed = probedSyscalls(row.arch);
  const results = run?.code === 0 ? readResults(row, run, probed.length) : null;
  if (!results) {
    const detail = !run
      ? 'the test program was not run'
      : run.code === 0
        ? 'the test program wrote something else than it should'
        : `the test program ended with status ${run.code}`;
    const consequence = 'nobody can tell beforehand which system calls are missing';
    return { step: { id: 'syscalls', ok: false, ms: run?.ms ?? 0, detail, consequence }, missing: [] };
  }
  const missing = probed.filter((_, index) => results[index] === -notImplemented(row));
  const counted = `${probed.length - missing.length} of ${probed.length} probed system calls are there`;
  const step: SelfTestStep = {
    id: 'syscalls',
    ok: true,
    ms: run?.ms ?? 0,
    detail: [counted, ...comparedWords(missing, version)].join('; '),
    consequence: lossWords(missing),
  };
  return { step, missing };
}

/** ENOSYS; MIPS has numbers of its own (arch/mips/include/uapi/asm/errno.h). */
function notImplemented(row: ArchRow): number {
  return row.arch === 'mips64le' ? 89 : 38;
}

function readResults(row: ArchRow, run: ProgramRun, count: number): number[] | null {
  const bytes = row.bits / 8;
  if (run.output.byteLength !== count * bytes) return null;
  const view = new DataView(run.output.buffer, run.output.byteOffset, run.output.byteLength);
  const little = row.endian === 'little';
  return Array.from({ length: count }, (_, index) =>
    bytes === 8 ? Number(view.getBigInt64(index * 8, little)) : view.getInt32(index * 4, little),
  );
}

/** How that compares with what this version of QEMU was seen to lack elsewhere. */
function comparedWords(missing: readonly string[], version: string | null): string[] {
  const expected = version === null ? null : expectedMissing(version);
  if (!expected) return [];
  const more = missing.filter((name) => !expected.has(name));
  const less = [...expected].filter((name) => !missing.includes(name));
  if (more.length === 0 && less.length === 0) return [`as QEMU ${version} has them`];
  return [
    ...(more.length > 0 ? [`missing here, though QEMU ${version} has them: ${more.join(', ')}`] : []),
    ...(less.length > 0 ? [`there, though QEMU ${version} lacks them: ${less.join(', ')}`] : []),
  ];
}
