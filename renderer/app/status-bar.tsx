import { Moon, Sun, TriangleAlert } from 'lucide-react';
import { useEngine } from '../state/engine-store.ts';
import { useEngineState } from '../state/hooks.ts';
import { chooseTheme, useTheme } from '../state/theme.ts';
import { classNames } from '../ui/class-names.ts';
import { IconButton } from '../ui/icon-button.tsx';
import { formatAge } from '../ui/text/duration.ts';
import { useNow } from '../ui/use-now.ts';

/** The strip at the bottom. It is always there, so that losing the engine moves nothing on the screen. */
export function StatusBar() {
  const phase = useEngine((view) => view.status.phase);
  const host = useEngineState((state) => state.host);
  const lost = phase === 'down' || phase === 'refused';
  return (
    <footer
      className={classNames(
        'col-span-2 flex h-8 items-center gap-3 border-t px-3 text-sm',
        lost ? 'border-warn/30 bg-warn-soft text-ink' : 'border-line bg-sunken text-muted',
      )}
    >
      <p role="status" className="flex min-w-0 items-center gap-2">
        {lost ? <TriangleAlert aria-hidden className="size-3.5 shrink-0 text-warn" /> : null}
        <span className="truncate">
          {phase === 'up' && 'Connected to the engine'}
          {phase === 'connecting' && 'Connecting to the engine…'}
          {phase === 'down' && 'The engine is not reachable. What you see is the last thing known.'}
          {phase === 'refused' && 'This page is no longer let in.'}
        </span>
      </p>
      {phase === 'down' ? <Retry /> : null}
      <span className="ml-auto hidden shrink-0 text-xs text-faint md:inline">
        {host ? `Foredeck ${host.engineVersion}` : ''}
      </span>
      <ThemeButton />
    </footer>
  );
}

function Retry() {
  const link = useEngine((view) => view.link);
  const heardAt = useEngine((view) => view.heardAt);
  const now = useNow(1_000);
  return (
    <>
      <span className="hidden shrink-0 text-muted tabular-nums sm:inline">
        {heardAt > 0 ? `Last heard of ${formatAge(now - heardAt)}` : ''}
      </span>
      <button
        type="button"
        className="shrink-0 rounded font-medium text-accent hover:underline"
        onClick={() => link?.retryNow()}
      >
        Retry now
      </button>
    </>
  );
}

function ThemeButton() {
  const dark = useTheme((theme) => theme.dark);
  const Icon = dark ? Sun : Moon;
  return (
    <IconButton
      className="-mr-1.5 size-6 max-md:ml-auto"
      label={dark ? 'Use the light theme' : 'Use the dark theme'}
      icon={<Icon aria-hidden className="size-3.5" />}
      onClick={() => chooseTheme(dark ? 'light' : 'dark')}
    />
  );
}
