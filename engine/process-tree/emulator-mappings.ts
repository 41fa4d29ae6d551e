/** A line of /proc/PID/smaps and what of it the process answers for. Source: proc_pid_smaps(5). */
export interface Mapping {
  readonly from: bigint;
  readonly to: bigint;
  /** `r-xp`. */
  readonly permissions: string;
  /** Device and inode, `fe:00 2318360`; `00:00 0` when it is no file. */
  readonly file: string;
  /** A path, a name in brackets such as `[heap]`, or empty. */
  readonly name: string;
  /** Its share (Pss): a page that several processes have mapped counts once between them. */
  readonly bytes: number;
}

/** The sampler's extract of smaps: the mappings' own lines, each followed by its `Pss:` line. */
export function readMappings(text: string): Mapping[] {
  const pattern = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ (\S+ \d+) *(.*)\nPss: +(\d+) kB$/gm;
  return [...text.matchAll(pattern)].map(
    ([, from, to, permissions = '', file = '', name = '', kibibytes]) => ({
      from: BigInt(`0x${from}`),
      to: BigInt(`0x${to}`),
      permissions,
      file,
      name,
      bytes: Number(kibibytes) * 1_024,
    }),
  );
}

const noFile = '00:00 0';

/**
 * Bytes which an emulated process has only because it is emulated: what is surely the emulator's own.
 *
 * - Files which are mapped executable anywhere: the emulator's code, with its data and relocations. The guest's
 *   programs and libraries are never executable for the real processor. `[vdso]` is the kernel's.
 * - Zeroed data right behind such a file.
 * - Executable memory of no file: the blocks it has translated.
 * - `[heap]` and `[stack]`: the guest's own break and stacks lie in other mappings, which QEMU makes itself.
 *
 * What is left counts as the guest's. Among it is memory which the emulator takes by mmap (large tables, a stack for
 * each thread), since nothing tells it from the guest's own, and the huge page the kernel gives for the first touch of
 * the guest's stack: the figure is a floor. Measured in the service VM against the same program run natively beside it
 * (fixtures/emulator-mappings.json): 6 % low for `sleep`, 29 % low for a shell that had built a string of 3 MB.
 * Sharing is counted too: the more processes run under one emulator, the less of its code each answers for.
 */
export function emulatorBytes(mappings: readonly Mapping[]): number {
  const programs = new Set(
    mappings.filter((mapping) => isExecutable(mapping) && mapping.file !== noFile).map(({ file }) => file),
  );
  let bytes = 0;
  let behindProgram: bigint | null = null;
  for (const mapping of mappings) {
    const ofProgram = programs.has(mapping.file);
    const zeroed: boolean = mapping.file === noFile && mapping.name === '' && mapping.from === behindProgram;
    const translated = mapping.file === noFile && mapping.name === '' && isExecutable(mapping);
    const own = mapping.name === '[heap]' || mapping.name === '[stack]';
    if (ofProgram || zeroed || translated || own) bytes += mapping.bytes;
    behindProgram = ofProgram ? mapping.to : null;
  }
  return bytes;
}

function isExecutable(mapping: Mapping): boolean {
  return mapping.permissions[2] === 'x';
}
