import { Ban, Info, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { ImagePlatform } from '../../../contract/docker-images.ts';
import type { Forecast, Warning } from '../../../contract/launch.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { OutsideLink } from '../../ui/outside-link.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { PlatformPill, platformName } from './platform-pill.tsx';
import { PriceNote } from './price-note.tsx';
import { SwitchOn } from './switch-on.tsx';
import type { ForecastView } from './use-forecast.ts';

export interface ForecastCardProps {
  vm: string;
  view: ForecastView;
  /** Takes this architecture instead of the chosen one. */
  onChoose: (arch: Arch) => void;
}

/** Will it run, and at what price: said before anything is started. */
export function ForecastCard({ vm, view, onChoose }: ForecastCardProps) {
  const { forecast, loading, error } = view;
  return (
    <section
      aria-label="Will it run?"
      aria-busy={loading}
      className="flex flex-col gap-3 rounded-lg border border-line bg-sunken px-4 py-3"
    >
      <h3 className="font-semibold">Will it run, and at what price?</h3>
      {error ? (
        <ErrorPanel message={error.message} hint={error.hint} details={error.details} />
      ) : forecast ? (
        <div className={classNames('flex flex-col gap-3', loading && 'opacity-60')}>
          <Known vm={vm} forecast={forecast} onChoose={onChoose} />
        </div>
      ) : (
        <p className="text-muted">
          {loading ? 'Looking at the image…' : 'Name an image, and this says how it would run here.'}
        </p>
      )}
    </section>
  );
}

function Known({
  vm,
  forecast,
  onChoose,
}: { vm: string; forecast: Forecast } & Pick<ForecastCardProps, 'onChoose'>) {
  const { chosen, native, price, isaLevel, platforms, warnings } = forecast;
  const faster = chosen !== null && native?.arch && chosen.execution !== 'native' ? native.arch : null;
  return (
    <>
      <p role="status" className="font-medium wrap-anywhere">
        {verdict(forecast)}
      </p>
      {chosen?.execution === 'off' && chosen.arch ? <SwitchOn vm={vm} arch={chosen.arch} /> : null}
      {faster ? (
        <Hint action={<Button size="sm" onClick={() => onChoose(faster)}>{`Use ${faster}`}</Button>}>
          The image also comes for {faster}, which needs no emulation here.
        </Hint>
      ) : null}
      {chosen?.execution === 'emulated' && chosen.arch ? (
        <PriceNote vm={vm} arch={chosen.arch} price={price} />
      ) : null}
      {isaLevel === null ? null : (
        <p className="text-sm text-muted">
          Programs inside see a processor of level{' '}
          <Untrusted text={isaLevel} className="font-mono text-ink" />.
        </p>
      )}
      {warnings.length > 0 ? (
        <ul aria-label="Warnings" className="flex flex-col gap-2">
          {warnings.map((warning) => (
            <WarningLine key={`${warning.severity} ${warning.text}`} warning={warning} />
          ))}
        </ul>
      ) : null}
      {platforms && platforms.length > 0 ? <Platforms forecast={forecast} platforms={platforms} /> : null}
    </>
  );
}

function verdict({ chosen, platforms, image }: Forecast): string {
  if (chosen === null) {
    return platforms === null
      ? `${plainText(image)} is not in the VM, and its registry did not say what it has.`
      : 'Nothing in this image can be started as chosen.';
  }
  const name = platformName(chosen);
  switch (chosen.execution) {
    case 'native':
      return `${name} runs natively, at full speed.`;
    case 'emulated':
      return `${name} runs here, emulated.`;
    case 'off':
      return `${name} does not run now: its emulation is off.`;
    case 'unsupported':
      return `${name} cannot be run here.`;
  }
}

const looks = {
  stop: { icon: <Ban aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />, word: 'Stops it' },
  risk: { icon: <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />, word: 'Risk' },
  note: { icon: <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />, word: 'Note' },
};

function WarningLine({ warning }: { warning: Warning }) {
  const look = looks[warning.severity];
  return (
    <li className="flex gap-2">
      {look.icon}
      <div className="min-w-0 wrap-anywhere">
        <span className="sr-only">{look.word}: </span>
        <Untrusted text={warning.text} />
        {warning.source === null ? null : (
          <span className="block text-sm text-muted">
            <OutsideLink href={warning.source}>
              <Untrusted text={warning.source.replace(/^https:\/\//, '')} />
            </OutsideLink>
          </span>
        )}
      </div>
    </li>
  );
}

function Hint({ action, children }: { action: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-accent-soft px-3 py-2">
      <p className="min-w-0 flex-1 basis-40">{children}</p>
      {action}
    </div>
  );
}

function Platforms({ forecast, platforms }: { forecast: Forecast; platforms: readonly ImagePlatform[] }) {
  const size = forecast.chosen?.present ? forecast.chosen.sizeBytes : 0;
  return (
    <div className="text-sm text-muted">
      <p>{forecast.readFrom === 'registry' ? 'Its platforms, as its registry says:' : 'Its platforms:'}</p>
      <ul aria-label="Platforms" className="mt-1 flex flex-wrap gap-1">
        {platforms.map((platform) => (
          <li key={platform.digest} className="max-w-full">
            <PlatformPill platform={platform} />
          </li>
        ))}
      </ul>
      {forecast.chosen === null ? null : (
        <p className="mt-1">
          {forecast.chosen.present
            ? `It is in the VM, ${formatBytes(size)}.`
            : 'It is not in the VM yet: starting pulls it.'}
        </p>
      )}
    </div>
  );
}
