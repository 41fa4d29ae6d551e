import { z } from 'zod';
import { Arch } from '../../../contract/arch.ts';
import { EnvironmentVariables } from '../../../contract/doctor.ts';

/** Matches a whole line or value: what stands around it must be written down, too. */
const Pattern = z
  .string()
  .regex(/^\^.*\$$/, 'a pattern begins with ^ and ends with $')
  .transform((source) => new RegExp(source, 'u'));

const ExitCode = z.number().int().min(1).max(255);

const wording = {
  /** Replaces the button's usual words. */
  label: z.string().optional(),
  /** Replaces the usual sentence. */
  detail: z.string().optional(),
};

/**
 * A fix as the catalogue has it. Architecture, versions and image come from Docker's and the handler's own records
 * when it is offered. Texts may hold `{arch}`, `{native}`, `{emulator}`, `{image}` and `{name}`.
 */
export const FixTemplate = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('switch-on'), ...wording }),
  /** The emulator of the other suite. */
  z.strictObject({ kind: z.literal('other-emulator'), ...wording }),
  /** The image's variant for the VM's own processor. */
  z.strictObject({ kind: z.literal('native-platform'), ...wording }),
  z.strictObject({
    kind: z.literal('run-again'),
    id: z.string().regex(/^[a-z0-9-]+$/),
    label: z.string(),
    detail: z.string(),
    env: EnvironmentVariables.default({}),
    arguments: z.array(z.string()).default([]),
    tmpfs: z.array(z.string().startsWith('/')).default([]),
  }),
  z.strictObject({ kind: z.literal('foreign-vm'), ...wording }),
  z.strictObject({
    kind: z.literal('advice'),
    id: z.string().regex(/^[a-z0-9-]+$/),
    label: z.string(),
    detail: z.string(),
    command: z.string().nullable().default(null),
  }),
]);
export type FixTemplate = z.infer<typeof FixTemplate>;

/**
 * What must be so; everything that is given has to agree. No rule goes by lines alone: `run` is what image, handler
 * and processes say, and a container that ended also has an exit code.
 */
const Conditions = z.strictObject({
  /**
   * `ended`: its main process ended, or crashed and cannot end. `exec`: a `docker exec` in it failed. `silent`: busy
   * for hours without a line of output. `pull`: Docker refused to pull its image.
   */
  how: z.array(z.enum(['ended', 'exec', 'silent', 'pull'])).default(['ended']),
  /**
   * `emulated`: the image is foreign, its handler was on and nothing native was seen. `blocked`: the image is foreign
   * and nothing in the VM ran its programs. `native`: of the VM's own architecture. `any`: no program is involved.
   */
  run: z.enum(['emulated', 'blocked', 'native', 'any']),
  /** `failure`: every one which a program chooses, or a crash makes; not those of `docker stop` and `docker kill`. */
  exitCodes: z.union([z.literal('failure'), z.array(ExitCode).min(1)]).optional(),
  /** Of the image. */
  arches: z.array(Arch).optional(),
  /** Node's name of the host's system: some failures exist on one only. */
  hostPlatform: z.enum(['darwin', 'linux']).optional(),
  /** A flag which the handler's entry did not have. */
  handlerWithout: z.enum(['P', 'O', 'C', 'F']).optional(),
  /** Programs ran under another emulator than qemu. */
  rosetta: z.boolean().default(false),
  /** The emulator is older than this version. */
  emulatorBelow: z
    .string()
    .regex(/^\d+(?:\.\d+)*$/)
    .optional(),
  /** Variables which the container was given, per Docker's record. */
  environment: z.record(z.string(), Pattern).optional(),
  /** The file name of a word of its command line, or the last part of its image's repository, per Docker's record. */
  program: Pattern.optional(),
  /** The kernel killed it for memory. */
  oomKilled: z.boolean().default(false),
  /** What Docker itself said when it could not start, or pull. */
  error: Pattern.optional(),
  /** One of its last lines matches one of these. */
  lines: z.array(Pattern).min(1).optional(),
});

export const Rule = z
  .strictObject({
    id: z.string().regex(/^[a-z0-9-]+$/),
    /** One line. Texts may hold the same names in braces as those of fixes. */
    title: z.string(),
    /** For a person who has never heard of binfmt_misc. */
    cause: z.string(),
    source: z.url({ protocol: /^https$/ }),
    when: Conditions,
    /** Best first. */
    fixes: z.array(FixTemplate).min(1),
  })
  .refine(({ when }) => !when.how.includes('ended') || when.exitCodes !== undefined, {
    message: 'a rule about containers that ended names exit codes',
  })
  .refine(({ when }) => when.run !== 'any' || when.how.every((how) => how === 'pull'), {
    message: 'only a rule about pulling does without knowing how programs ran',
  })
  .refine(({ when }) => when.run !== 'native' || when.lines !== undefined, {
    message: 'a rule about native programs names lines',
  });
export type Rule = z.infer<typeof Rule>;
