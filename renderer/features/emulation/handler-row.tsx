import { ChevronRight, FlaskConical } from 'lucide-react';
import { useId, useState } from 'react';
import type { Handler, Vm } from '../../../contract/records.ts';
import { usePending, useStale, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Lamp } from '../../ui/lamp.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Switch } from '../../ui/switch.tsx';
import { useNow } from '../../ui/use-now.ts';
import { archWords } from '../../vocabulary/arch-words.ts';
import { DriftNotice } from './drift-notice.tsx';
import { HandlerDetails } from './handler-details.tsx';
import { HandlerSummary } from './handler-summary.tsx';
import { isSwitchedOn } from './handler-words.ts';
import { proofOf } from './proof.ts';
import { SwitchOffDialog } from './switch-off-dialog.tsx';
import { useSwitchOff } from './use-switch-off.ts';

/** A proof grows old in hours: looking every minute is enough. */
const proofTickMs = 60_000;

export interface HandlerRowProps {
  handler: Handler;
  vm: Vm;
  /** Why nothing can be switched at the moment. */
  blocked: string | undefined;
}

/** One architecture: proof, switch and version in a line or two; the rest unfolds. */
export function HandlerRow({ handler, vm, blocked }: HandlerRowProps) {
  const { arch, state } = handler;
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  const now = useNow(proofTickMs);
  const stale = useStale();
  const unavailable = useUnavailable() ?? blocked;
  const switching = usePending(`emulation:switch:${vm.name}/${arch}`);
  const choosing = usePending(`emulation:choose:${vm.name}/${arch}`);
  const change = (to: 'on' | 'off'): void => {
    void perform(`emulation:switch:${vm.name}/${arch}`, (client) =>
      client.emulation[to]({ vm: vm.name, arch }),
    );
  };
  const off = useSwitchOff({ vm: vm.name, arches: [arch], always: false, switchOff: () => change('off') });
  const moving = state === 'switching-on' || state === 'switching-off';
  const busy = switching || choosing || moving || off.looking;
  // What is off may still have to say what became of the programs that used it.
  const activity = state !== 'off' || choosing ? handler.activity : null;
  const doing = off.looking ? 'Looking what uses it' : activity;
  const proof = proofOf(handler, { now, vmStartedAt: vm.boot.startedAt });
  const native = state === 'native';
  return (
    <li aria-label={arch} className="flex flex-col gap-3 px-4 py-3">
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-start gap-x-3.5 gap-y-1 lg:grid-cols-[auto_minmax(0,12rem)_minmax(0,1fr)_auto]">
        <Lamp tone={stale ? 'unknown' : proof.lamp} className="mt-1.5" />
        <div className="min-w-0 items-baseline gap-x-2.5 sm:max-lg:flex">
          <p className="font-mono font-medium">{arch}</p>
          <p className="truncate text-sm text-muted">{archWords[arch].title}</p>
        </div>
        <div className="col-span-2 col-start-2 row-start-2 min-w-0 lg:col-span-1 lg:col-start-3 lg:row-start-1">
          <HandlerSummary
            handler={handler}
            proof={proof}
            doing={doing}
            choosable={!busy && !unavailable && state !== 'unknown'}
          />
        </div>
        <div className="col-start-3 row-start-1 flex min-h-7 items-center gap-1.5 lg:col-start-4">
          {native ? (
            <Pill outline>native</Pill>
          ) : (
            <>
              {state === 'on' || state === 'failed' ? (
                <TestButton handler={handler} unavailable={unavailable} />
              ) : null}
              <Button
                size="icon"
                kind="quiet"
                aria-expanded={open}
                aria-controls={open ? detailsId : undefined}
                aria-label={`Details of ${arch}`}
                onClick={() => setOpen(!open)}
              >
                <ChevronRight
                  aria-hidden
                  className={classNames('size-4 transition-transform', open && 'rotate-90')}
                />
              </Button>
              <Switch
                label={`Emulate ${arch}`}
                checked={isSwitchedOn(handler)}
                busy={busy}
                disabled={unavailable !== undefined}
                onChange={(checked) => {
                  if (checked) change('on');
                  else off.ask();
                }}
              />
            </>
          )}
        </div>
      </div>
      {handler.drift && state !== 'unknown' ? (
        <DriftNotice
          arch={arch}
          drift={handler.drift}
          busy={busy}
          unavailable={unavailable}
          onPutBack={() => change('on')}
          onLeave={() => change('off')}
        />
      ) : null}
      {handler.error && !handler.drift?.stopped ? (
        <ErrorPanel
          message={handler.error.message}
          hint={handler.error.hint}
          details={handler.error.details}
          actions={
            state === 'failed' ? (
              <Button
                size="sm"
                aria-label={`Try again to switch ${arch} on`}
                busy={busy}
                unavailable={unavailable}
                onClick={() => change('on')}
              >
                Try again
              </Button>
            ) : null
          }
        />
      ) : null}
      {open ? (
        <div id={detailsId}>
          <HandlerDetails handler={handler} unavailable={unavailable} />
        </div>
      ) : null}
      <SwitchOffDialog
        what={arch}
        question={off.question}
        looking={off.looking}
        onRetry={off.ask}
        onConfirm={() => change('off')}
        onClose={off.close}
      />
    </li>
  );
}

function TestButton({ handler, unavailable }: { handler: Handler; unavailable: string | undefined }) {
  const { vm, arch } = handler;
  const key = `emulation:test:${vm}/${arch}`;
  return (
    <Button
      size="sm"
      kind="quiet"
      aria-label={`Test ${arch}`}
      icon={<FlaskConical aria-hidden className="size-3.5" />}
      busy={usePending(key)}
      unavailable={unavailable}
      onClick={() => void perform(key, (client) => client.emulation.test({ vm, arch }))}
    >
      Test
    </Button>
  );
}
