import type { Handler } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { isSwitchedOn } from './handler-words.ts';
import { SwitchOffDialog } from './switch-off-dialog.tsx';
import { useSwitchOff } from './use-switch-off.ts';

export interface SwitchAllProps {
  vm: string;
  handlers: readonly Handler[];
  blocked: string | undefined;
}

/** Every foreign architecture at once. The rows show how each one fares. */
export function SwitchAll({ vm, handlers, blocked }: SwitchAllProps) {
  const key = `emulation:all:${vm}`;
  const busy = usePending(key);
  const unavailable = useUnavailable() ?? blocked;
  const foreign = handlers.filter((handler) => handler.state !== 'native');
  const on = foreign.filter(isSwitchedOn);
  const change = (to: 'on' | 'off'): void => {
    void perform(key, (client) => client.emulation.all({ vm, to }));
  };
  const off = useSwitchOff({
    vm,
    arches: on.map((handler) => handler.arch),
    always: true,
    switchOff: () => change('off'),
  });
  return (
    <>
      <Button
        size="sm"
        busy={busy}
        unavailable={unavailable ?? (on.length === foreign.length ? 'All are switched on' : undefined)}
        onClick={() => change('on')}
      >
        Switch all on
      </Button>
      <Button
        size="sm"
        busy={busy || off.looking}
        unavailable={unavailable ?? (on.length === 0 ? 'All are switched off' : undefined)}
        onClick={off.ask}
      >
        Switch all off
      </Button>
      <SwitchOffDialog
        what={describe(on.length, foreign.length)}
        question={off.question}
        looking={off.looking}
        onRetry={off.ask}
        onConfirm={() => change('off')}
        onClose={off.close}
      />
    </>
  );
}

function describe(on: number, all: number): string {
  if (on === 1) return '1 architecture';
  return on === all ? `all ${on} architectures` : `${on} architectures`;
}
