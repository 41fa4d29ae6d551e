import type { Arch } from '../../../contract/arch.ts';
import type { Handler } from '../../../contract/records.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { archRow } from '../arch-table.ts';
import { type BinfmtEntry, entryMatches } from '../binfmt-entry.ts';
import { versionInPath } from '../emulator-binary.ts';
import { emulatorsFolder, GuestTrip } from '../guest-trip.ts';
import { exitStub } from '../self-test/exit-stub.ts';
import type { HandlerFacts } from './ports.ts';

const off: HandlerFacts = { state: 'off', entry: '', flags: '', version: null, interpreter: '' };

/**
 * Which entry takes an architecture's programs now, by the kernel's own list: another tool's entry counts as well, and
 * ours only when the record said so when the failure was seen, since it may have been switched on meanwhile.
 */
export async function lookAtHandler(
  link: GuestLink,
  arch: Arch,
  record: Handler | undefined,
): Promise<HandlerFacts> {
  if (record?.state === 'native') return { ...off, state: 'native' };
  const { entries, binfmtEnabled } = await new GuestTrip().entries().run(link);
  if (!binfmtEnabled) return off;
  const header = exitStub(archRow(arch));
  const first = entries.find((entry) => entryMatches(entry, header));
  if (!first) return off;
  const isOurs = first.interpreter.startsWith(`${emulatorsFolder}/`);
  return isOurs && record?.state === 'off' ? off : entryFacts(first);
}

/** What a record from back then tells. */
export function rememberedHandler(record: Handler | undefined): HandlerFacts {
  switch (record?.state) {
    case 'native':
      return { ...off, state: 'native' };
    case 'on':
      return {
        state: 'on',
        entry: record.emulator,
        flags: record.flags ?? '',
        version: /^[\d.]+/.exec(record.emulatorVersion ?? '')?.[0] ?? null,
        interpreter: '',
      };
    case 'off':
      return off;
    default:
      return { ...off, state: 'unknown' };
  }
}

function entryFacts({ name, flags, interpreter }: BinfmtEntry): HandlerFacts {
  return { state: 'on', entry: name, flags, interpreter, version: versionInPath(interpreter) };
}
