import { Gauge } from 'lucide-react';
import type { Handler } from '../../../contract/records.ts';
import { usePending } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { useNow } from '../../ui/use-now.ts';
import { priceWords, shortVersion } from './emulator-words.ts';

const ageTickMs = 10_000;

/** What emulation costs here. `unavailable`: why it cannot be measured now. */
export function PriceLine({ handler, unavailable }: { handler: Handler; unavailable: string | undefined }) {
  const { vm, arch, price, emulatorVersion } = handler;
  const now = useNow(ageTickMs);
  const key = `emulation:measure:${vm}/${arch}`;
  const measuring = usePending(key);
  const outdated =
    price &&
    emulatorVersion !== null &&
    shortVersion(price.emulatorVersion) !== shortVersion(emulatorVersion);
  return (
    <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
      <div className="min-w-0 flex-1 basis-72 text-sm">
        <p>
          <span className="font-medium">Price here:</span>{' '}
          {price ? (
            <>
              {priceWords(price)}
              <span className="text-muted">
                , measured {formatAge(now - price.at)} with {plainText(shortVersion(price.emulatorVersion))}
                {outdated ? ', not the version in use' : ''}
              </span>
            </>
          ) : (
            <span className="text-muted">not measured yet</span>
          )}
        </p>
        <p className="text-muted">
          One small program, run natively and emulated in this VM: what a loop takes, and what starting it
          takes.
        </p>
      </div>
      <Button
        size="sm"
        busy={measuring}
        unavailable={unavailable}
        aria-label={price ? `Measure the price of ${arch} again` : `Measure the price of ${arch}`}
        icon={<Gauge aria-hidden className="size-3.5" />}
        onClick={() => void perform(key, (client) => client.emulation.measure({ vm, arch }))}
      >
        {price ? 'Measure again' : 'Measure'}
      </Button>
    </div>
  );
}
