import { useEffect, useState } from 'react';
import type { RememberedFix } from '../../../contract/doctor.ts';
import type { WireError } from '../../../contract/errors.ts';
import { attempt } from '../../state/attempt.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';

const ageTickMs = 60_000;
const listKey = 'doctor:remembered';

/** Fixes after which an image's container ran: offered first the next time, to take elsewhere or to forget. */
export function RememberedFixes() {
  const [fixes, setFixes] = useState<readonly RememberedFix[] | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const unavailable = useUnavailable();
  const reachable = unavailable === undefined;
  useEffect(() => {
    if (!reachable) return;
    const read = async (): Promise<void> => {
      const outcome = await attempt(listKey, (client) => client.doctor.remembered());
      if (outcome?.ok) setFixes(outcome.value);
      if (outcome) setError(outcome.ok ? null : outcome.error);
    };
    void read();
  }, [reachable]);
  const forget = async (image: string): Promise<void> => {
    const outcome = await attempt(forgetKey(image), (client) => client.doctor.forget({ image }));
    if (outcome?.ok) setFixes(outcome.value);
    if (outcome) setError(outcome.ok ? null : outcome.error);
  };
  const exported = `${JSON.stringify(fixes ?? [], null, 2)}\n`;
  return (
    <Card
      title="Fixes that worked"
      note="Remembered by image, and offered first when it fails again."
      actions={
        fixes && fixes.length > 0 ? <CopyButton wordy text={exported} label="Copy all as JSON" /> : undefined
      }
    >
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      {fixes === null ? (
        error ? null : (
          <p className="text-muted">{reachable ? 'Reading them…' : unavailable}</p>
        )
      ) : fixes.length === 0 ? (
        <p className="text-muted">
          None yet. When a fix of the doctor makes a container run, it is kept here.
        </p>
      ) : (
        <ul aria-label="Fixes that worked" className="divide-y divide-line">
          {imagesOf(fixes).map(([image, own]) => (
            <ImageFixes key={image} image={image} fixes={own} onForget={() => void forget(image)} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function ImageFixes({ image, fixes, onForget }: ImageFixesProps) {
  const now = useNow(ageTickMs);
  const busy = usePending(forgetKey(image));
  const unavailable = useUnavailable();
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1 py-2">
      <div className="min-w-0 flex-1 basis-60">
        <p className="truncate font-medium">
          <Untrusted text={image} />
        </p>
        {fixes.map((fix) => (
          <p key={`${fix.rule} ${fix.fix} ${fix.arch}`} className="text-sm wrap-anywhere text-muted">
            <Untrusted text={fix.label} className="text-ink" />
            {fix.arch ? ` · ${fix.arch}` : ''}
            {fix.emulatorVersion ? ` · emulator ${plainText(fix.emulatorVersion)}` : ''}
            {` · ${formatAge(now - fix.at)}`}
          </p>
        ))}
      </div>
      <Button
        size="sm"
        kind="quiet"
        busy={busy}
        unavailable={unavailable}
        aria-label={`Forget ${plainText(image)}`}
        onClick={onForget}
      >
        Forget
      </Button>
    </li>
  );
}

interface ImageFixesProps {
  image: string;
  fixes: readonly RememberedFix[];
  onForget: () => void;
}

const forgetKey = (image: string): string => `doctor:forget:${image}`;

function imagesOf(fixes: readonly RememberedFix[]): [string, RememberedFix[]][] {
  return [...Map.groupBy(fixes, (fix) => fix.image)];
}
