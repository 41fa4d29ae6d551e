import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { WireError } from '../../../contract/errors.ts';
import { handlerKey } from '../../../contract/state.ts';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable, useEngineState, usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { plainText } from '../../ui/text/plain-text.ts';

/** Switches an architecture's emulation on where somebody needs it; the forecast follows by itself. */
export function SwitchOn({ vm, arch, small = false }: SwitchOnProps) {
  const [error, setError] = useState<WireError | null>(null);
  const key = `emulation:switch:${vm}/${arch}`;
  const pending = usePending(key);
  const handler = useEngineState((state) => state.handlers[handlerKey(vm, arch)]);
  const unavailable = useDockerUnavailable(vm);
  const busy = pending || handler?.state === 'switching-on';
  const switchOn = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(key, (client) => client.emulation.on({ vm, arch }));
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <Button
          size="sm"
          kind={small ? 'plain' : 'primary'}
          busy={busy}
          unavailable={unavailable}
          onClick={() => void switchOn()}
        >
          {`Switch ${arch} on`}
        </Button>
        {busy && !small && handler?.activity ? (
          <span className="text-sm text-muted">{plainText(handler.activity)}</span>
        ) : null}
      </div>
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
    </>
  );
}

export interface SwitchOnProps {
  vm: string;
  arch: Arch;
  /** One of many: without emphasis, and without saying how far it is. */
  small?: boolean;
}
