import type { Diagnosis, Fix, RememberedFix } from '../../contract/doctor.ts';

const fixBasics = { command: null, unavailable: null, workedBefore: false };

/** The handler is off: one click repairs it, the native variant avoids it. */
export function noHandlerDiagnosis(change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    rule: 'no-handler',
    at: Date.now() - 40_000,
    title: 'arm64 programs do not run in this VM',
    cause:
      'The container is of arm64, and nothing in the VM is registered to run arm64 programs. The kernel refused the ' +
      'first one.',
    evidence: ['exit code 126', 'handler qemu-aarch64: off', 'exec /usr/bin/node: exec format error'],
    fixes: [
      {
        ...fixBasics,
        kind: 'switch-on',
        id: 'switch-on-arm64',
        arch: 'arm64',
        label: 'Switch arm64 on',
        detail: 'Registers the emulator and proves it. Start the container again afterwards.',
        command: 'foredeck emulate arm64 on',
      },
      {
        ...fixBasics,
        kind: 'use-platform',
        id: 'use-amd64',
        image: 'ghcr.io/acme/api:2.4.1',
        arch: 'amd64',
        label: 'Run the amd64 variant instead',
        detail: 'The image also has the architecture of this computer: no emulation, full speed.',
        command: 'docker run --platform linux/amd64 ghcr.io/acme/api:2.4.1',
      },
    ],
    source: 'https://docs.kernel.org/admin-guide/binfmt-misc.html',
    arch: 'arm64',
    emulator: null,
    ...change,
  };
}

/** A crash under emulation, with every kind of fix a row can offer; some evidence as an attacker writes it. */
export function crashDiagnosis(change: Partial<Diagnosis> = {}): Diagnosis {
  return {
    rule: 'guest-sigsegv',
    at: Date.now() - 200_000,
    title: 'The program crashed under emulation (SIGSEGV)',
    cause:
      'The emulator reported a segmentation fault of the program it ran. Most of these are faults of the emulator’s ' +
      'version, not of the program.',
    evidence: [
      'exit code 139: ended by signal 11',
      'qemu-aarch64 10.0.2 ran it',
      'qemu: uncaught target signal 11 (Segmentation fault) - core dumped',
      '\u001b]0;pwned\u0007<img src=x onerror=alert(1)> \u202edetsurt ton',
    ],
    fixes: [
      {
        ...fixBasics,
        kind: 'run-again',
        id: 'reserved-va',
        env: { QEMU_RESERVED_VA: '0x100000000' },
        arguments: [],
        tmpfs: [],
        label: 'Run again with QEMU_RESERVED_VA=0x100000000',
        detail: 'Gives the program a smaller address space, which some runtimes need.',
        command: 'docker run -e QEMU_RESERVED_VA=0x100000000 ghcr.io/acme/api:2.4.1',
        workedBefore: true,
      },
      {
        ...fixBasics,
        kind: 'use-emulator',
        id: 'backports',
        arch: 'arm64',
        suite: 'backports',
        label: 'Use emulator 11.1 from backports',
        detail: 'New arm64 programs run under it from then on; running ones keep theirs.',
        command: 'foredeck emulate arm64 use 11.1',
      },
      {
        ...fixBasics,
        kind: 'use-platform',
        id: 'use-amd64',
        image: 'ghcr.io/acme/api:2.4.1',
        arch: 'amd64',
        label: 'Run the amd64 variant instead',
        detail: 'The image also has the architecture of this computer: no emulation, full speed.',
      },
      {
        ...fixBasics,
        kind: 'foreign-vm',
        id: 'foreign-vm',
        arch: 'arm64',
        label: 'Run it in an arm64 VM',
        detail: 'A whole emulated computer: about twice as slow, and nothing of it is missing.',
        unavailable: 'There is no arm64 VM yet.',
      },
      {
        ...fixBasics,
        kind: 'advice',
        id: 'report',
        label: 'Look at what the program asked for last',
        detail: 'The syscall lens below runs it again and lists the calls which fail.',
        command: 'docker run -e QEMU_STRACE=1 ghcr.io/acme/api:2.4.1',
      },
    ],
    source: 'https://github.com/tonistiigi/binfmt/issues/215',
    arch: 'arm64',
    emulator: 'qemu-aarch64 10.0.2',
    ...change,
  };
}

export function rememberedFix(change: Partial<RememberedFix> = {}): RememberedFix {
  return {
    image: 'ghcr.io/acme/api:2.4.1',
    arch: 'arm64',
    rule: 'guest-sigsegv',
    fix: 'reserved-va',
    label: 'Run again with QEMU_RESERVED_VA=0x100000000',
    emulatorVersion: '10.0.2',
    at: Date.now() - 86_400_000,
    ...change,
  };
}

/** The fix of `diagnosis` with this id. */
export function fixOf(diagnosis: Diagnosis | null | undefined, id: string): Fix | undefined {
  return diagnosis?.fixes.find((fix) => fix.id === id);
}
