import type { Diagnosis, FixOutcome, RememberedFix } from '../../contract/doctor.ts';
import { EngineError } from '../base/engine-error.ts';

const basics = { command: null, unavailable: null, workedBefore: false };

/** Of the container `web`: a crash with an escape sequence in its evidence, and a fix of each kind that the CLI asks about. */
const crash: Diagnosis = {
  rule: 'processor-chosen',
  at: Date.UTC(2026, 10, 22),
  title: 'The program uses instructions of a newer processor',
  cause: 'It was started with QEMU_CPU.',
  evidence: ['exit code 132: signal 4', 'qemu: \u001b[2Jillegal instruction'],
  fixes: [
    {
      ...basics,
      kind: 'run-again',
      id: 'cpu-max',
      label: 'Run again with every instruction',
      detail: 'Sets QEMU_CPU=max.',
      command: 'docker run -e QEMU_CPU=max demo:1',
      env: { QEMU_CPU: 'max' },
      arguments: [],
      tmpfs: [],
      workedBefore: true,
    },
    {
      ...basics,
      kind: 'switch-on',
      id: 'switch-on',
      label: 'Switch arm64 on',
      detail: 'Registers it.',
      arch: 'arm64',
    },
    {
      ...basics,
      kind: 'foreign-vm',
      id: 'foreign-vm',
      label: 'Run it in an arm64 VM',
      detail: 'A whole emulated computer.',
      arch: 'arm64',
      unavailable: 'There are no such VMs here.',
    },
  ],
  source: 'https://example.org/why',
  arch: 'arm64',
  emulator: 'qemu-aarch64 10.0.13',
};

/** Something is wrong with `web` only. */
export function scriptedVerdicts(container: string | null): Record<string, Diagnosis> {
  return container === null || container === 'web' ? { web: crash } : {};
}

/** Tells what was asked for. */
export function scriptedFix(asked: { container: string; fix: string; data: string }): FixOutcome {
  if (!crash.fixes.some((fix) => fix.id === asked.fix)) {
    throw new EngineError({ code: 'unknown_fix', message: `"${asked.fix}" is no fix.` });
  }
  return { container: 'new', message: `${asked.fix} of ${asked.container}, ${asked.data}` };
}

export const scriptedRemembered: RememberedFix = {
  image: 'demo:1',
  arch: 'arm64',
  rule: crash.rule,
  fix: 'cpu-max',
  label: 'Run again with every instruction',
  emulatorVersion: '10.0.13',
  at: Date.UTC(2026, 10, 22),
};
