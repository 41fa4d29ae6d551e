import type { SelfTestStep } from '../../../contract/records.ts';
import type { ArchRow } from '../arch-table.ts';
import { type InstructionSet, instructionSet, x86InstructionSet } from './instruction-set.ts';
import { looked } from './judge-runs.ts';
import type { ProgramRuns } from './program-run.ts';

/** Which instructions programs may use: CPUID on x86, what the kernel tells programs elsewhere. */
export function judgeInstructions(
  row: ArchRow,
  runs: ProgramRuns,
): { readonly step: SelfTestStep; readonly level: string | null } {
  const { ms, found } = seen(row, runs);
  return {
    step: {
      id: 'isa',
      ok: found !== null,
      ms,
      detail: found?.words ?? 'the instruction set could not be read',
      consequence: found ? null : 'nobody can tell beforehand which images will run',
    },
    level: found?.level ?? null,
  };
}

function seen(row: ArchRow, runs: ProgramRuns): { ms: number; found: InstructionSet | null } {
  const cpuid = runs.get('cpuid');
  if (cpuid) {
    return { ms: cpuid.ms, found: cpuid.code === 0 ? x86InstructionSet(row.arch, cpuid.output) : null };
  }
  // That run is counted where it proves something else.
  const report = (looked(row, runs, 'look-plain') ?? looked(row, runs, 'look-setuid'))?.report;
  return { ms: 0, found: report ? instructionSet(row.arch, report) : null };
}
