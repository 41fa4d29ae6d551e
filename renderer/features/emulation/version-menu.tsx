import type { EmulatorChoice } from '../../../contract/emulation.ts';
import type { Handler } from '../../../contract/records.ts';
import { perform } from '../../state/perform.ts';
import { ChoiceMenu } from '../../ui/choice-menu.tsx';
import { Pill } from '../../ui/pill.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { choiceName, choiceVersion, shortVersion, suiteWords } from './emulator-words.ts';

/** The emulator and its version; a menu of the others where one can be chosen now. */
export function VersionMenu({ handler, choosable }: { handler: Handler; choosable: boolean }) {
  const { vm, arch, state, emulator, emulatorVersion, choices } = handler;
  const name = `${plainText(emulator)}${emulatorVersion ? ` ${plainText(shortVersion(emulatorVersion))}` : ''}`;
  if (!choosable || choices.length === 0) {
    return <span title={emulatorVersion ? plainText(emulatorVersion) : undefined}>{name}</span>;
  }
  const use = (version: string): void => {
    void perform(`emulation:choose:${vm}/${arch}`, (client) =>
      client.emulation.choose({ vm, arch, version }),
    );
  };
  const current = choices.find((choice) => choice.current);
  const previous = choices.find((choice) => choice.previous && !choice.current);
  return (
    <ChoiceMenu
      label={`Emulator of ${arch}: ${name}`}
      note={
        state === 'off'
          ? `Choosing one switches ${arch} on with it.`
          : 'New programs run under this version. Running containers keep the one they started with.'
      }
      value={current ? choiceVersion(current) : null}
      choices={choices.flatMap((choice) => {
        const value = choiceVersion(choice);
        if (value === null) return [];
        return {
          value,
          label: plainText(choiceName(choice)),
          note: describe(choice),
          mark: choice.recommended ? <Pill tone="accent">recommended</Pill> : null,
        };
      })}
      onChoose={use}
      action={
        previous
          ? {
              label: `Roll back to ${plainText(choiceName(previous))}`,
              onSelect: () => use('previous'),
            }
          : undefined
      }
    >
      {name}
    </ChoiceMenu>
  );
}

function describe(choice: EmulatorChoice): string {
  const from = choice.suite === null ? 'kept in the VM, no longer in Debian' : suiteWords[choice.suite];
  if (choice.current) return `${from} · in use`;
  const readiness = choice.ready ? 'ready' : 'needs a download';
  return `${from} · ${readiness}${choice.previous ? ' · ran before the last switch' : ''}`;
}
