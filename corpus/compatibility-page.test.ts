import { expect, test } from 'vitest';
import { compatibilityPage } from './compatibility-page.ts';
import type { Result } from './result.ts';

const at = Date.UTC(2026, 10, 22);
const arm = { arch: 'arm64', emulator: 'stable', emulatorVersion: '10.0.13', at, configured: true } as const;
const machine = { qemu: '10.0.2', kernel: '6.12', docker: '26.1.5', accelerator: 'tcg', vmArch: 'amd64' };
const passed: Result = { outcome: 'pass', ...arm, program: 'bash', packageVersion: '5.2', seconds: 3.1 };

test('shows passes, failures with the verdict, and what could not be run', () => {
  const page = compatibilityPage({
    machine,
    all: [
      passed,
      {
        outcome: 'fail',
        ...arm,
        program: 'nodejs',
        packageVersion: '20',
        seconds: 9,
        why: 'exit 139',
        output: 'qemu: uncaught target signal 11\u001b[31m',
        verdict: { rule: 'guest-sigsegv', title: 'The program crashed under emulation' },
      },
      { outcome: 'not-run', ...arm, program: 'gcc', why: 'Configuring failed: exit 1.', output: '' },
    ],
  });
  expect(page).toContain('| bash | arrays, pipes, subshells, traps | pass 5.2, 3.1 s |');
  expect(page).toMatch(/\| Node\.js \|.*\*\*fail\*\* 20: The program crashed under emulation \|/);
  expect(page).toMatch(/\| GCC \|.*\| not run \|/);
  expect(page).toContain("## Emulated by Debian's stable QEMU 10.0.13");
  expect(page).toContain('1 of 3 pass; run 2026-11-22.');
  expect(page).toContain('The doctor: The program crashed under emulation (`guest-sigsegv`).');
  expect(page).toContain('    qemu: uncaught target signal 11?[31m');
});

test("a program's words cannot become part of the page", () => {
  const why = 'it printed "a | b <img src=x>" instead';
  const failed: Result = {
    ...passed,
    outcome: 'fail',
    why,
    output: '```\n# heading\n',
    verdict: null,
  };
  const page = compatibilityPage({ machine: null, all: [failed] });
  expect(page).toContain('a \\| b \\<img src=x\\>');
  expect(page).toContain('    ```\n    # heading\n');
});

test('architectures and emulators have columns and tables of their own', () => {
  const page = compatibilityPage({
    machine,
    all: [
      passed,
      { ...passed, arch: 's390x' },
      { ...passed, emulator: 'backports', emulatorVersion: '11.1.3' },
    ],
  });
  expect(page).toContain('| program | what it does | arm64 | s390x |');
  expect(page).toContain("## Emulated by Debian's backports QEMU 11.1.3");
  expect(page).not.toContain('## What did not pass');
});
