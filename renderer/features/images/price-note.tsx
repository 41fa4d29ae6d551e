import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { Price } from '../../../contract/emulation.ts';
import type { WireError } from '../../../contract/errors.ts';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatAge } from '../../ui/text/duration.ts';
import { useNow } from '../../ui/use-now.ts';
import { priceWords } from './price-words.ts';

const ageTickMs = 10_000;

/** What emulation of `arch` costs on this machine, or a button that finds out. */
export function PriceNote({ vm, arch, price }: { vm: string; arch: Arch; price: Price | null }) {
  const [error, setError] = useState<WireError | null>(null);
  const now = useNow(ageTickMs);
  const key = `emulation:measure:${vm}/${arch}`;
  const measuring = usePending(key);
  const unavailable = useDockerUnavailable(vm);
  if (price) {
    return (
      <p>
        {priceWords(arch, price)}{' '}
        <span className="text-sm text-muted">Measured {formatAge(now - price.at)}.</span>
      </p>
    );
  }
  const measure = async (): Promise<void> => {
    setError(null);
    const outcome = await attempt(key, (client) => client.emulation.measure({ vm, arch }));
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
        <p className="text-muted">What this costs here has not been measured yet.</p>
        <Button size="sm" busy={measuring} unavailable={unavailable} onClick={() => void measure()}>
          Measure (2 s)
        </Button>
      </div>
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
    </>
  );
}
