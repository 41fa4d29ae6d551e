import type { Arch } from '../../../contract/arch.ts';
import type { Fix, RememberedFix } from '../../../contract/doctor.ts';
import type { EmulatorChoice } from '../../../contract/emulation.ts';
import { isForeign } from './match-rule.ts';
import type { FailureFacts } from './ports.ts';
import type { FixTemplate, Rule } from './rule.ts';
import { plainCommand, textNames } from './text-names.ts';

/** What decides whether a fix can be done now. */
export interface FixCircumstances {
  /** The architecture's emulators in this VM. */
  readonly choices: readonly EmulatorChoice[];
  /** Architectures the image is known to have, in the VM or at its registry; null when nobody looked. */
  readonly imageArches: readonly Arch[] | null;
  /** Why a VM of that architecture cannot take it; null when one can. */
  readonly foreignVm: (arch: Arch) => string | null;
}

interface OfferOptions {
  readonly rule: Rule;
  readonly facts: FailureFacts;
  readonly circumstances: FixCircumstances;
  readonly remembered: readonly RememberedFix[];
}

/**
 * The rule's fixes for this container, best first; one that made the image run before comes first of all. Every
 * parameter comes from the catalogue and from records.
 */
export function offerFixes(options: OfferOptions): Fix[] {
  const { rule, facts, remembered } = options;
  const worked = new Set(
    remembered
      .filter((entry) => entry.image === facts.container.image && entry.rule === rule.id)
      .filter((entry) => entry.arch === facts.arch)
      .map((entry) => entry.fix),
  );
  const fixes = rule.fixes.flatMap((template) => {
    const fix = offer(template, options);
    return fix === null ? [] : [{ ...fix, workedBefore: worked.has(fix.id) }];
  });
  return fixes.toSorted((a, b) => Number(b.workedBefore) - Number(a.workedBefore));
}

/** Null for one that makes no sense here: the native variant of a native container. */
function offer(template: FixTemplate, { facts, circumstances }: OfferOptions): Fix | null {
  const { arch, vm, container } = facts;
  const fill = textNames(facts);
  const basics = (usual: { id: string; label: string; detail: string; command: string | null }) => ({
    id: usual.id,
    label: fill(template.label ?? usual.label),
    detail: fill(template.detail ?? usual.detail),
    command: usual.command === null ? null : plainCommand(usual.command, facts),
    workedBefore: false,
  });
  switch (template.kind) {
    case 'switch-on':
      if (arch === null) return null;
      return {
        kind: 'switch-on',
        arch,
        unavailable: null,
        ...basics({
          id: 'switch-on',
          label: 'Switch {arch} on',
          detail: 'Registers the emulator, proves it, and starts the container again.',
          command: 'foredeck emulate {arch} on',
        }),
      };
    case 'other-emulator':
      return arch === null ? null : otherEmulator(arch, circumstances.choices, basics);
    case 'native-platform':
      if (arch === null || !isForeign(facts)) return null;
      return {
        kind: 'use-platform',
        image: container.image,
        arch: vm.arch,
        unavailable: nativeUnavailable(facts, circumstances.imageArches),
        ...basics({
          id: 'native-platform',
          label: 'Run the {native} variant',
          detail:
            "The image's variant for this processor: no emulation, full speed. The writable layer starts fresh.",
          command: 'docker run --platform linux/{native} {image}',
        }),
      };
    case 'run-again':
      return {
        kind: 'run-again',
        env: template.env,
        arguments: template.arguments,
        tmpfs: template.tmpfs,
        unavailable: alreadySo(template, facts),
        ...basics({ id: template.id, label: template.label, detail: template.detail, command: null }),
        command: runCommand(template, facts),
      };
    case 'foreign-vm':
      if (arch === null) return null;
      return {
        kind: 'foreign-vm',
        arch,
        unavailable: circumstances.foreignVm(arch),
        ...basics({
          id: 'foreign-vm',
          label: 'Run it in an {arch} VM',
          detail:
            'A whole emulated computer with a kernel of its own: slower in loops, and nothing is missing.',
          command: null,
        }),
      };
    case 'advice':
      return {
        kind: 'advice',
        unavailable: null,
        ...basics({
          id: template.id,
          label: template.label,
          detail: template.detail,
          command: template.command,
        }),
      };
  }
}

function otherEmulator(
  arch: Arch,
  choices: readonly EmulatorChoice[],
  basics: (usual: {
    id: string;
    label: string;
    detail: string;
    command: string | null;
  }) => Omit<Extract<Fix, { kind: 'use-emulator' }>, 'kind' | 'arch' | 'suite' | 'unavailable'>,
): Fix {
  const current = choices.find((choice) => choice.current);
  const other = choices.find((choice) => choice.suite !== null && choice.suite !== current?.suite);
  const suite = other?.suite ?? (current?.suite === 'backports' ? 'stable' : 'backports');
  const version = /^[\d.]+/.exec(other?.version ?? '')?.[0];
  return {
    kind: 'use-emulator',
    arch,
    suite,
    unavailable: other ? null : 'No other version of the emulator is known for this architecture.',
    ...basics({
      id: 'other-emulator',
      label: version ? `Use QEMU ${version}` : `Use the emulator of Debian's ${suite} suite`,
      detail:
        'New {arch} programs of every container run under it; running ones keep theirs. Can be rolled back.',
      command: `foredeck emulate {arch} use ${suite}`,
    }),
  };
}

function nativeUnavailable({ vm, container }: FailureFacts, arches: readonly Arch[] | null): string | null {
  if (container.autoRemove) return autoRemoved;
  if (arches === null || arches.includes(vm.arch)) return null;
  return `The image has no ${vm.arch} variant.`;
}

const autoRemoved = 'It was started with --rm: Docker has removed it, so there is nothing to run again.';

function alreadySo(
  { env, arguments: added }: Extract<FixTemplate, { kind: 'run-again' }>,
  { container }: FailureFacts,
): string | null {
  if (container.autoRemove) return autoRemoved;
  const set = Object.entries(env).every(([name, value]) => container.environment[name] === value);
  const given = added.every((argument) => container.argv.includes(argument));
  const changesSomething = Object.keys(env).length + added.length > 0;
  return changesSomething && set && given ? 'It ran with this already.' : null;
}

function runCommand(
  { env, arguments: added, tmpfs }: Extract<FixTemplate, { kind: 'run-again' }>,
  facts: FailureFacts,
): string | null {
  const variables = Object.entries(env).map(([name, value]) => `-e ${name}=${quoted(value)}`);
  const folders = tmpfs.map((folder) => `--tmpfs ${folder}`);
  return plainCommand(
    ['docker run --platform linux/{arch}', ...variables, ...folders, '{image}', ...added].join(' '),
    facts,
  );
}

/** The catalogue's own values; those with a space need quotes. */
function quoted(value: string): string {
  return /^[\w.:=/+-]+$/.test(value) ? value : `'${value}'`;
}
