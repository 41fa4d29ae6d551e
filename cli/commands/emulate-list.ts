import type { EmulatorChoice } from '../../contract/emulation.ts';
import type { Handler, SelfTest } from '../../contract/records.ts';
import { print, printTable } from '../output.ts';
import { printable } from '../printable.ts';

/** One line a handler, and below whatever a person should know about some of them. */
export function printHandlers(handlers: readonly Handler[], now: number): void {
  printTable(
    ['ARCH', 'STATE', 'EMULATOR', 'VERSION', 'FLAGS', 'LAST TEST', 'ALSO'],
    handlers.map((handler) => [
      handler.arch,
      handler.state,
      handler.state === 'native' ? '' : handler.emulator,
      handler.emulatorVersion ?? '',
      handler.flags ?? '',
      handler.lastTest ? testWords(handler.lastTest, now) : '',
      handler.choices.filter(isOther).map(choiceWords).join(', '),
    ]),
  );
  const notes = groupedNotes(handlers, now);
  if (notes.length > 0) print('');
  for (const note of notes) print(printable(note));
}

function testWords(test: SelfTest, now: number): string {
  const outcome = test.ok ? 'passed' : 'failed';
  return `${outcome} in ${Math.round(test.ms)} ms, ${ago(now - test.at)} (${test.cause})`;
}

function isOther(choice: EmulatorChoice): boolean {
  return !choice.current && choice.version !== null;
}

function choiceWords({ suite, version, previous }: EmulatorChoice): string {
  const words = [suite, previous ? 'previous' : null].filter((word) => word !== null);
  return `${version} (${words.join(', ') || 'in the VM'})`;
}

/** Each note once, behind the architectures it is true of: what QEMU cannot do, it cannot do for any of them. */
export function groupedNotes(handlers: readonly Handler[], now: number): string[] {
  const notes = handlers.flatMap((handler) =>
    handlerNotes(handler, now).map((note) => ({ arch: handler.arch, note })),
  );
  return [...Map.groupBy(notes, ({ note }) => note)].map(
    ([note, of]) => `${of.map(({ arch }) => arch).join(', ')}: ${note}`,
  );
}

/** Everything about a handler that is not as one would wish, in plain words. */
export function handlerNotes(handler: Handler, now: number): string[] {
  const notes: string[] = [];
  if (handler.activity !== null) notes.push(handler.activity);
  if (handler.error) notes.push(`${handler.error.message} ${handler.error.hint}`.trimEnd());
  if (handler.state !== 'off') {
    const consequences = (handler.lastTest?.steps ?? []).map(({ consequence }) => consequence);
    notes.push(...new Set(consequences.filter((words) => words !== null)));
  }
  // Where it was given up, the error says so.
  if (handler.drift && !(handler.drift.stopped && handler.error)) {
    const { at, changes, restores, stopped } = handler.drift;
    const outcome = stopped
      ? 'left as it is until you switch it on or off'
      : `put back, ${times(restores)} within ten minutes`;
    notes.push(`changed by something else ${ago(now - at)}: ${changes.join('; ')}; ${outcome}`);
  }
  if (handler.runningUnderOthers > 0) {
    const programs =
      handler.runningUnderOthers === 1 ? '1 program goes' : `${handler.runningUnderOthers} programs go`;
    notes.push(`${programs} on under another version until restarted`);
  }
  return notes;
}

function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}

const secondMs = 1_000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** "3 min ago"; what lies in the future by a clock's whim is "0 s ago". */
export function ago(ms: number): string {
  if (ms < minuteMs) return `${Math.max(0, Math.floor(ms / secondMs))} s ago`;
  if (ms < hourMs) return `${Math.floor(ms / minuteMs)} min ago`;
  if (ms < dayMs) return `${Math.floor(ms / hourMs)} h ago`;
  return `${Math.floor(ms / dayMs)} d ago`;
}
