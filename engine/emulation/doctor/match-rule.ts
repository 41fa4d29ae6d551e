import { nativeArches } from '../arch-table.ts';
import type { FailureFacts } from './ports.ts';
import { olderThan } from './qemu-version.ts';
import type { Rule } from './rule.ts';

/** More of a log proves nothing more. */
const shownLines = 3;

/** A line longer than this is cut before it is shown. */
const shownLineChars = 300;

/** `docker stop`, `docker kill` and Ctrl-C, as 128 + signal: a person's wish, not a failure. */
const endedByWish = [130, 137, 143];

/** Whether programs of the image are foreign to the VM, as far as that is known. */
export function isForeign({ arch, vm, handler }: FailureFacts): boolean {
  return arch !== null && handler.state !== 'native' && !nativeArches(vm.arch).includes(arch);
}

/**
 * The lines of evidence when every condition of the rule agrees with the facts, otherwise null. Conditions on records
 * come first, log lines last; lines alone never suffice (rule.ts).
 */
export function matchRule({ when }: Rule, facts: FailureFacts): string[] | null {
  const { container, handler } = facts;
  const agrees =
    when.how.includes(facts.how) &&
    runAgrees(when.run, facts) &&
    exitAgrees(when.exitCodes, facts) &&
    (!when.arches || (facts.arch !== null && when.arches.includes(facts.arch))) &&
    (!when.hostPlatform || when.hostPlatform === facts.hostPlatform) &&
    (!when.handlerWithout || (handler.state === 'on' && !handler.flags.includes(when.handlerWithout))) &&
    when.rosetta === isRosetta(facts) &&
    (!when.emulatorBelow || olderThan(versionOf(facts), when.emulatorBelow)) &&
    when.oomKilled === container.oomKilled &&
    Object.entries(when.environment ?? {}).every(([name, pattern]) =>
      pattern.test(container.environment[name] ?? ''),
    ) &&
    (!when.program || programNames(facts).some((name) => when.program?.test(name))) &&
    (!when.error || when.error.test(container.error));
  if (!agrees) return null;
  // Of a program that could not be started, Docker has the last words itself.
  const said = container.error === '' ? facts.lines : [...facts.lines, container.error];
  const lines = matchingLines(when.lines, said);
  if (when.lines && lines.length === 0) return null;
  return [...recordEvidence(facts), ...lines.slice(-shownLines).map(cut)];
}

/** The exit code that tells what happened: of the exec, of the crash that could not end, or of the container. */
export function tellingExitCode({ execExitCode, stuckSignal, container }: FailureFacts): number | null {
  if (execExitCode !== null) return execExitCode;
  return stuckSignal === null ? container.exitCode : 128 + stuckSignal;
}

function runAgrees(run: Rule['when']['run'], facts: FailureFacts): boolean {
  const { execution, handler } = facts;
  switch (run) {
    case 'any':
      return true;
    case 'native':
      return facts.arch === facts.vm.arch && (execution === 'native' || execution === 'unknown');
    case 'blocked':
      return isForeign(facts) && handler.state === 'off';
    case 'emulated':
      if (!isForeign(facts) || execution === 'native') return false;
      // Too short to be seen: then the handler must have been there.
      return execution === 'unknown' ? handler.state === 'on' : handler.state !== 'off';
  }
}

function exitAgrees(wanted: Rule['when']['exitCodes'], facts: FailureFacts): boolean {
  if (wanted === undefined || facts.how === 'silent' || facts.how === 'pull') return true;
  const code = tellingExitCode(facts);
  if (code === null || code === 0) return false;
  return wanted === 'failure' ? !endedByWish.includes(code) : wanted.includes(code);
}

/** Apple's translator has other names and other faults. */
function isRosetta({ handler, emulator }: FailureFacts): boolean {
  return /(?:^|\/)\[?rosetta\]?$/.test(handler.interpreter) || emulator?.startsWith('rosetta') === true;
}

/** QEMU's version, of what ran the container where that was seen; null when unknown. */
function versionOf({ emulator, handler }: FailureFacts): string | null {
  return / (?<version>\d+(?:\.\d+)+)/.exec(emulator ?? '')?.groups?.version ?? handler.version;
}

/** File names of the command line's words, and the last part of the image's repository. */
function programNames({ container }: FailureFacts): string[] {
  const repository = container.image.split('@', 1)[0]?.replace(/:[^/:]*$/, '') ?? '';
  return [...container.argv, repository].map((word) => word.slice(word.lastIndexOf('/') + 1));
}

function matchingLines(patterns: readonly RegExp[] | undefined, lines: readonly string[]): string[] {
  if (!patterns) return [];
  return lines.filter((line) => patterns.some((pattern) => pattern.test(line)));
}

function recordEvidence(facts: FailureFacts): string[] {
  const { vm, arch, silence } = facts;
  const evidence: string[] = [];
  const code = tellingExitCode(facts);
  if (facts.stuckSignal !== null) {
    evidence.push(`its main process crashed with signal ${facts.stuckSignal} and waits to die of it`);
  } else if (facts.execExitCode !== null) {
    evidence.push(`a program started in it with docker exec ended with exit code ${code}`);
  } else if (silence) {
    const hours = (silence.silentMs / 3_600_000).toFixed(1);
    const busy = Math.round(silence.busyShare * 100);
    evidence.push(`no output for ${hours} hours, using ${busy} % of a processor`);
  } else if (code !== null) evidence.push(`exit code ${code}${signalWords(code)}`);
  if (arch !== null) {
    evidence.push(
      arch === vm.arch
        ? `the image is for ${arch}, as the VM is`
        : `the image is for ${arch}, the VM's processor is ${vm.arch}`,
    );
  }
  const handler = handlerWords(facts);
  if (handler !== null) evidence.push(handler);
  if (facts.emulator !== null) evidence.push(`seen running under ${facts.emulator}`);
  return evidence;
}

function signalWords(code: number): string {
  return code > 128 && code < 193 ? `: signal ${code - 128}` : '';
}

function handlerWords(facts: FailureFacts): string | null {
  const { handler, arch } = facts;
  if (handler.state === 'native' || !isForeign(facts)) return null;
  if (handler.state === 'off') return `no handler for ${arch} was on`;
  if (handler.state === 'unknown') return null;
  const version = handler.version === null ? '' : ` ${handler.version}`;
  return `the handler ${handler.entry}${version} was on, flags ${handler.flags}`;
}

function cut(line: string): string {
  return line.length > shownLineChars ? `${line.slice(0, shownLineChars)}…` : line;
}
