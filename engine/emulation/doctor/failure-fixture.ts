import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { Arch } from '../../../contract/arch.ts';
import { Execution } from '../../../contract/records.ts';
import type { FailureFacts } from './ports.ts';

const Facts = z.strictObject({
  how: z.enum(['ended', 'exec', 'silent', 'pull']).default('ended'),
  hostPlatform: z.string().default('linux'),
  vmArch: Arch,
  arch: Arch.nullable(),
  handler: z.strictObject({
    state: z.enum(['on', 'off', 'native', 'unknown']),
    entry: z.string().default(''),
    flags: z.string().default(''),
    version: z.string().nullable().default(null),
    interpreter: z.string().default(''),
  }),
  execution: Execution,
  emulator: z.string().nullable().default(null),
  state: z.enum(['created', 'running', 'ended']).default('ended'),
  exitCode: z.number().int().nullable().default(null),
  execExitCode: z.number().int().nullable().default(null),
  stuckSignal: z.number().int().nullable().default(null),
  silence: z.strictObject({ silentMs: z.number(), busyShare: z.number() }).nullable().default(null),
  oomKilled: z.boolean().default(false),
  error: z.string().default(''),
  image: z.string().default('example/program:1.0'),
  argv: z.array(z.string()).default(['/program']),
  environment: z.record(z.string(), z.string()).default({}),
});

/** What was seen when something failed, and where: captured here, or quoted from where somebody reported it. */
const Fixture = z
  .strictObject({
    /** The verdict it has to get; null for none. */
    rule: z.string().nullable(),
    captured: z.strictObject({ command: z.string(), at: z.iso.date(), qemu: z.string() }).optional(),
    quoted: z.url({ protocol: /^https$/ }).optional(),
    facts: Facts,
    lines: z.array(z.string()),
  })
  .refine(({ captured, quoted }) => (captured === undefined) !== (quoted === undefined), {
    message: 'a fixture is captured or quoted',
  });

export interface FailureFixture {
  readonly name: string;
  readonly rule: string | null;
  readonly facts: FailureFacts;
}

/** Reads every fixture of the folder and of its `native/`, which holds failures that are not the doctor's business. */
export async function readFixtures(folder: string): Promise<FailureFixture[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.yaml')).sort();
  return await Promise.all(
    names.map(async (name) => {
      const { rule, facts, lines } = Fixture.parse(parse(await readFile(join(folder, name), 'utf8')));
      return { name: name.replace(/\.yaml$/, ''), rule, facts: factsOf(facts, lines) };
    }),
  );
}

function factsOf(written: z.infer<typeof Facts>, lines: readonly string[]): FailureFacts {
  const { how, hostPlatform, vmArch, arch, handler, execution, emulator, ...rest } = written;
  const { execExitCode, stuckSignal, silence, ...container } = rest;
  return {
    how,
    hostPlatform,
    vm: { name: 'service', arch: vmArch },
    container: {
      ...container,
      id: 'c0ffee',
      name: 'program',
      tty: false,
      startedAt: 1,
      finishedAt: container.state === 'ended' ? 2 : null,
      pid: container.state === 'running' ? 700 : null,
      autoRemove: false,
    },
    arch,
    execution,
    emulator,
    handler,
    execExitCode,
    stuckSignal,
    silence,
    lines,
  };
}
