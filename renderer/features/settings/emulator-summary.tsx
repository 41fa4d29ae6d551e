import { useHandlers, useServiceVm } from '../../state/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { plainText } from '../../ui/text/plain-text.ts';

/** Which emulators are on and in which version; they are switched and changed on their own screen. */
export function EmulatorSummary() {
  const vm = useServiceVm();
  const on = useHandlers(vm?.name ?? '').filter(({ state }) => state === 'on');
  return (
    <Card
      title="Emulators"
      actions={
        <a
          href="#/emulation"
          className="inline-flex h-7 items-center rounded-md border border-line-strong bg-surface px-2.5 text-sm font-medium hover:bg-hover"
        >
          Switch and choose versions
        </a>
      }
    >
      {on.length === 0 ? (
        <p className="text-muted">None is on at the moment.</p>
      ) : (
        <ul aria-label="Emulators in use" className="flex flex-wrap gap-x-6 gap-y-1">
          {on.map(({ arch, emulator, emulatorVersion }) => (
            <li key={arch}>
              <span className="font-mono">{arch}</span>{' '}
              <span className="text-muted">{plainText(`${emulator} ${emulatorVersion ?? ''}`)}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
