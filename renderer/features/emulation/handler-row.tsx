import { ChevronRight, FlaskConical } from 'lucide-react';
import { useId, useState } from 'react';
import type { Handler } from '../../../contract/records.ts';
import { useContainers, usePending, useStale, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Lamp } from '../../ui/lamp.tsx';
import { Pill } from '../../ui/pill.tsx';
import { Switch } from '../../ui/switch.tsx';
import { formatAge, formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import { useNow } from '../../ui/use-now.ts';
import { archWords } from '../../vocabulary/arch-words.ts';
import { describeFlags, handlerLamps, handlerWords, isSwitchedOn } from './handler-words.ts';
import { SelfTestSteps } from './self-test-steps.tsx';
import { SwitchOffDialog } from './switch-off-dialog.tsx';

const ageTickMs = 10_000;

/** `blocked`: why nothing can be switched at the moment. */
export function HandlerRow({ handler, blocked }: { handler: Handler; blocked: string | undefined }) {
  const { vm, arch } = handler;
  const [asking, setAsking] = useState(false);
  const [open, setOpen] = useState(false);
  const detailsId = useId();
  const stale = useStale();
  const unavailable = useUnavailable() ?? blocked;
  const switching = usePending(`emulation:switch:${vm}/${arch}`);
  const testing = usePending(`emulation:test:${vm}/${arch}`);
  const users = useContainers().filter(
    (container) => container.vm === vm && container.state === 'running' && container.arch === arch,
  );
  const busy = switching || handler.state === 'switching-on' || handler.state === 'switching-off';
  const change = (to: 'on' | 'off'): void => {
    void perform(`emulation:switch:${vm}/${arch}`, (client) => client.emulation[to]({ vm, arch }));
  };
  const native = handler.state === 'native';
  return (
    <li aria-label={arch} className="flex flex-col gap-3 px-4 py-3">
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3.5 gap-y-1 lg:grid-cols-[auto_minmax(0,12rem)_minmax(0,1fr)_auto]">
        <Lamp tone={stale ? 'unknown' : handlerLamps[handler.state]} />
        <div className="min-w-0">
          <p className="font-mono font-medium">{arch}</p>
          <p className="truncate text-sm text-muted">{archWords[arch].title}</p>
        </div>
        <div className="col-span-2 col-start-2 row-start-2 min-w-0 lg:col-span-1 lg:col-start-3 lg:row-start-1">
          <Summary handler={handler} />
        </div>
        <div className="col-start-3 row-start-1 flex items-center gap-1.5 lg:col-start-4">
          {handler.state === 'on' || handler.state === 'failed' ? (
            <Button
              size="sm"
              kind="quiet"
              aria-label={`Test ${arch}`}
              icon={<FlaskConical aria-hidden className="size-3.5" />}
              busy={testing}
              unavailable={unavailable}
              onClick={() =>
                void perform(`emulation:test:${vm}/${arch}`, (client) => client.emulation.test({ vm, arch }))
              }
            >
              Test
            </Button>
          ) : null}
          {handler.lastTest && !native ? (
            <Button
              size="icon"
              kind="quiet"
              aria-expanded={open}
              aria-controls={detailsId}
              aria-label={`Last self-test of ${arch}`}
              onClick={() => setOpen(!open)}
            >
              <ChevronRight
                aria-hidden
                className={classNames('size-4 transition-transform', open && 'rotate-90')}
              />
            </Button>
          ) : null}
          {native ? (
            <Pill outline>native</Pill>
          ) : (
            <Switch
              label={`Emulate ${arch}`}
              checked={isSwitchedOn(handler)}
              busy={busy}
              disabled={unavailable !== undefined}
              onChange={(checked) => {
                if (checked) change('on');
                else if (users.length > 0) setAsking(true);
                else change('off');
              }}
            />
          )}
        </div>
      </div>
      {handler.error ? (
        <ErrorPanel
          message={handler.error.message}
          hint={handler.error.hint}
          details={handler.error.details}
        />
      ) : null}
      {open && handler.lastTest ? (
        <div id={detailsId}>
          <SelfTestSteps test={handler.lastTest} />
        </div>
      ) : null}
      <SwitchOffDialog
        arch={arch}
        users={users}
        open={asking}
        onClose={() => setAsking(false)}
        onConfirm={() => change('off')}
      />
    </li>
  );
}

/** State in words on the first line; emulator, flags and proof on the second. */
function Summary({ handler }: { handler: Handler }) {
  const now = useNow(ageTickMs);
  const { state, activity, emulator, emulatorVersion, flags, lastTest, switchedOnMs } = handler;
  if (state === 'native')
    return <p className="text-muted">Runs on the processor itself; nothing to switch.</p>;
  const known = state === 'on' || state === 'failed';
  return (
    <>
      <p>
        <span role="status" className="inline-block first-letter:uppercase">
          {activity && state !== 'off' ? plainText(activity) : handlerWords[state]}
        </span>
        {activity && state === 'off' ? (
          <span className="text-muted">{` · ${plainText(activity)}`}</span>
        ) : null}
        {/* Outside of what is announced: an age that is read out every ten seconds helps nobody. */}
        {known && !activity && lastTest ? (
          <span className={lastTest.ok ? 'text-muted' : 'text-bad'}>
            {' · '}self-test {lastTest.ok ? 'passed' : 'failed'} in {formatDuration(lastTest.ms)},{' '}
            {formatAge(now - lastTest.at)}
          </span>
        ) : null}
      </p>
      <p className="flex min-h-4.5 flex-wrap items-center gap-x-2 text-sm text-faint">
        <span>
          {plainText(emulator)}
          {emulatorVersion ? ` ${plainText(emulatorVersion)}` : ''}
        </span>
        {flags ? (
          <Tooltip text={describeFlags(flags)}>
            <button
              type="button"
              aria-label={`Flags ${flags}`}
              className="rounded bg-hover px-1 font-mono text-xs"
            >
              {flags}
            </button>
          </Tooltip>
        ) : null}
        {known && switchedOnMs !== null ? <span>click to proof {formatDuration(switchedOnMs)}</span> : null}
      </p>
    </>
  );
}
