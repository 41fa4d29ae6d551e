import { type EmulatorChoice, type EmulatorSuite, emulatorSuites } from '../../contract/emulation.ts';
import { EngineError } from '../base/engine-error.ts';
import type { ArchRow } from './arch-table.ts';
import { recommendedSuite } from './recommended-suites.ts';
import type { NewestVersions } from './suite-versions.ts';
import type { EmulatorId, WantedEmulator } from './wanted-emulators.ts';

/** The newest emulator of a suite, or one that was delivered to the VM before. */
export type EmulatorTarget =
  | { readonly newestOf: EmulatorSuite; readonly exactly?: undefined }
  | { readonly exactly: EmulatorId; readonly newestOf?: undefined };

/** What switching on takes when nobody says more. */
export function wantedTarget(row: ArchRow, { choice, emulator }: WantedEmulator): EmulatorTarget {
  if (choice === 'exactly' && emulator) return { exactly: emulator };
  return { newestOf: choice === 'stable' || choice === 'backports' ? choice : recommendedSuite(row.arch) };
}

/** Every version that can be had: one of each suite, then those in the VM which no suite has any more. */
export function emulatorChoices(
  row: ArchRow,
  { emulator, previous }: WantedEmulator,
  newest: NewestVersions,
  isOn: boolean,
): EmulatorChoice[] {
  const inVm = [emulator, previous].filter((id) => id !== null);
  const choice = (suite: EmulatorSuite | null, version: string | null): EmulatorChoice => ({
    suite,
    version,
    ready: inVm.some((id) => id.version === version),
    recommended: suite === recommendedSuite(row.arch),
    current: isOn && version !== null && emulator?.version === version,
    previous: version !== null && previous?.version === version,
  });
  // Before a suite has been asked, what came out of it last stands for it.
  const ofSuites = emulatorSuites.map((suite) =>
    choice(suite, newest[suite] ?? inVm.find((id) => id.suite === suite)?.version ?? null),
  );
  const older = inVm
    .filter((id) => !ofSuites.some(({ version }) => version === id.version))
    .map((id) => choice(null, id.version));
  return [...ofSuites, ...older];
}

/** What a person means by a suite, a Debian version or its beginning, or `previous`. Throws `bad_input`. */
export function chosenTarget(
  row: ArchRow,
  wanted: WantedEmulator,
  newest: NewestVersions,
  text: string,
): EmulatorTarget {
  const suite = emulatorSuites.find(
    (known) => text === known || (newest[known] !== null && beginsWith(newest[known], text)),
  );
  if (suite) return { newestOf: suite };
  if (text === 'previous' && wanted.previous) return { exactly: wanted.previous };
  const delivered = [wanted.emulator, wanted.previous].find((id) => id && beginsWith(id.version, text));
  if (delivered) return { exactly: delivered };
  throw text === 'previous' ? noPrevious(row) : noSuchVersion(row, newest, text);
}

/** Whether only the suites can tell what is meant: neither a suite nor the one before was named. */
export function isVersion(text: string): boolean {
  return text !== 'previous' && !emulatorSuites.some((suite) => suite === text);
}

/** What to remember of a choice: one of a suite's newest follows that suite, any other stays as it is. */
export function rememberedChoice(target: EmulatorTarget, newest: NewestVersions): WantedEmulator['choice'] {
  if (target.newestOf) return target.newestOf;
  const { suite, version } = target.exactly;
  return newest[suite] === version ? suite : 'exactly';
}

/** `11.1` begins `11.1.3+ds-1` but neither `11.10` nor `111.1`. */
function beginsWith(version: string, text: string): boolean {
  return version.startsWith(text) && !/^\d/.test(version.slice(text.length));
}

function noPrevious(row: ArchRow): EngineError {
  return new EngineError({
    code: 'bad_input',
    message: `${row.emulator} has had no other version in this VM, so there is none to go back to.`,
    hint: `Choose one of the suites: ${emulatorSuites.join(' or ')}.`,
  });
}

function noSuchVersion(row: ArchRow, newest: NewestVersions, text: string): EngineError {
  const known = emulatorSuites.map((suite) => `${suite} has ${newest[suite] ?? 'not been asked'}`);
  return new EngineError({
    code: 'bad_input',
    message: `There is no ${row.emulator} "${text}": ${known.join(', ')}.`,
    hint: 'Name a suite, a version or its beginning, or "previous".',
  });
}
