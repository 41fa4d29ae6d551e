import { Microscope, Square } from 'lucide-react';
import { useId, useState } from 'react';
import type { Container } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';
import { useDockerUnavailable, useEngineState } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { LensResult } from './lens-result.tsx';
import { useLens } from './use-lens.ts';

const durations = [
  { value: '10', label: '10 s' },
  { value: '30', label: '30 s' },
  { value: '120', label: '2 min' },
] as const;
type Seconds = (typeof durations)[number]['value'];

/** Which system calls a foreign program makes, and which of them its emulator lacks. Nothing for a native one. */
export function LensCard({ container }: { container: Container }) {
  const { vm, arch } = container;
  const native = useEngineState((state) =>
    arch === null ? false : state.handlers[handlerKey(vm, arch)]?.state === 'native',
  );
  const foreign = container.emulator !== null || (arch !== null && native === false);
  return foreign ? <ForeignLens container={container} /> : null;
}

function ForeignLens({ container }: { container: Container }) {
  const id = useId();
  const [seconds, setSeconds] = useState<Seconds>('30');
  const lens = useLens(container.vm, container.id);
  const unavailable = useDockerUnavailable(container.vm);
  return (
    <section
      aria-labelledby={id}
      className="flex flex-col gap-3 rounded-md border border-line bg-surface px-4 py-3"
    >
      <div>
        <h3 id={id} className="flex items-center gap-2.5 font-semibold">
          <Microscope aria-hidden className="size-4 text-muted" />
          System calls
        </h3>
        <p className="mt-0.5 max-w-3xl text-sm text-muted">
          Runs a copy of this container for a while and lists what it asks of the kernel, and what the
          emulator does not have. The copy has volumes of its own, publishes no ports and is removed
          afterwards; leaving this page ends it, too.
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {lens.running ? (
          <Button size="sm" icon={<Square aria-hidden className="size-3" />} onClick={lens.stop}>
            Stop
          </Button>
        ) : (
          <>
            <Button size="sm" unavailable={unavailable} onClick={() => lens.start('unimp', Number(seconds))}>
              See which system calls fail
            </Button>
            <Button size="sm" unavailable={unavailable} onClick={() => lens.start('strace', Number(seconds))}>
              Every call
            </Button>
            <span className="flex items-center gap-2 text-sm text-muted">
              for at most
              <Segmented label="For at most" value={seconds} options={durations} onChange={setSeconds} />
            </span>
          </>
        )}
      </div>
      {lens.running && !lens.report ? (
        <p role="status" className="text-muted">
          Starting the copy…
        </p>
      ) : null}
      {lens.report ? (
        <LensResult report={lens.report} since={lens.running === null ? null : lens.startedAt} />
      ) : null}
      {lens.error ? (
        <ErrorPanel message={lens.error.message} hint={lens.error.hint} details={lens.error.details} />
      ) : null}
    </section>
  );
}
