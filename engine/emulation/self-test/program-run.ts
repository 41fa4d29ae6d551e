/** Which program of the ladder ran, and how: see the script's `prove`. */
export const programNames = [
  /** The exit stub. */
  'run',
  /** `look` as an unprivileged user, unreadable and setuid root at once. */
  'look',
  /** Only after `look` has failed: unreadable, setuid, and neither. */
  'look-unreadable',
  'look-setuid',
  'look-plain',
  'crash',
  'calls',
  'cpuid',
] as const;
export type ProgramName = (typeof programNames)[number];

export interface ProgramRun {
  /** As a shell has it: 128 + n for signal n, 126 and 127 when it could not be executed, 124 when it hung, -1 not run. */
  readonly code: number;
  readonly ms: number;
  readonly output: Uint8Array;
}

/** What was run of one architecture's ladder. */
export type ProgramRuns = ReadonlyMap<ProgramName, ProgramRun>;

/** What one architecture's exec and loop took. */
export interface PriceRun {
  /** Of the loop, 0 when it ended well. */
  readonly code: number;
  /** From fork to exit of the smallest program; the fastest of several. */
  readonly execMs: number;
  readonly rounds: number;
  /** Of the loop with so many rounds, its exec included. */
  readonly loopMs: number;
}

/** Reads an answer `ran`: architecture, program, status, microseconds, output as hexadecimal. */
export function readProgramRun(fields: readonly string[]): [ProgramName, ProgramRun] | null {
  const [, name, code, microseconds, output] = fields;
  const known = programNames.find((one) => one === name);
  if (!known) return null;
  return [
    known,
    {
      code: Number(code),
      ms: Number(microseconds) / 1_000,
      output: Buffer.from(output ?? '', 'hex'),
    },
  ];
}

/** Reads an answer `price`: architecture, status, microseconds of an exec, rounds, microseconds of the loop. */
export function readPriceRun(fields: readonly string[]): PriceRun {
  const [, code, execMicroseconds, rounds, loopMicroseconds] = fields;
  return {
    code: Number(code),
    execMs: Number(execMicroseconds) / 1_000,
    rounds: Number(rounds),
    loopMs: Number(loopMicroseconds) / 1_000,
  };
}
