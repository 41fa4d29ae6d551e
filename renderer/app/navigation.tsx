import { Search } from 'lucide-react';
import type { Screen } from '../../contract/screens.ts';
import { useEngineState, useServiceVm, useStale } from '../state/hooks.ts';
import { classNames } from '../ui/class-names.ts';
import { Lamp } from '../ui/lamp.tsx';
import { vmStateWords } from '../vocabulary/vm-words.ts';
import { paletteShortcut, usePalette } from './palette-state.ts';
import { screenEntries } from './screen-entries.ts';

/** The column at the left; a rail of icons where the window is narrow. */
export function Navigation({ current }: { current: Screen }) {
  const counts = useCounts();
  return (
    <div className="flex min-h-0 w-12 flex-col border-r border-line bg-sunken md:w-48">
      <div className="flex h-14 items-center gap-2.5 px-2.5 md:px-4">
        <img src="./icon.svg" alt="" className="size-6.5" />
        <span className="hidden font-semibold tracking-tight md:inline">Foredeck</span>
      </div>
      <PaletteButton />
      <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto px-1.5 md:px-2">
        <ul className="flex flex-col gap-0.5">
          {screenEntries.map(({ screen, title, icon: Icon }) => (
            <li key={screen}>
              <a
                href={`#/${screen}`}
                aria-current={screen === current ? 'page' : undefined}
                title={title}
                className={classNames(
                  'flex h-8 items-center gap-2.5 rounded-md px-2.5 text-muted hover:bg-hover hover:text-ink',
                  'aria-[current=page]:bg-accent-soft aria-[current=page]:font-medium aria-[current=page]:text-ink',
                )}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                <span className="sr-only md:not-sr-only">{title}</span>
                {counts[screen] ? (
                  <span className="ml-auto hidden text-sm text-muted tabular-nums md:inline">
                    {counts[screen]}
                  </span>
                ) : null}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <VmSummary />
    </div>
  );
}

function PaletteButton() {
  return (
    <button
      type="button"
      aria-keyshortcuts="Control+K Meta+K"
      title={`Search or run (${paletteShortcut})`}
      onClick={() => usePalette.setState({ open: true })}
      className="mx-1.5 mb-2 flex h-8 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-sm whitespace-nowrap text-muted hover:bg-hover hover:text-ink md:mx-2"
    >
      <Search aria-hidden className="size-4 shrink-0 max-md:-ml-px" />
      <span className="sr-only md:not-sr-only">Search or run</span>
      <kbd aria-hidden className="ml-auto hidden font-sans text-xs text-faint md:inline">
        {paletteShortcut}
      </kbd>
    </button>
  );
}

/** Figures beside the entries: running containers, published ports, emulated architectures, jobs under way. */
function useCounts(): Partial<Record<Screen, number>> {
  const containers = useEngineState(
    (state) =>
      Object.values(state.containers).filter((container) => container.state === 'running' && !container.stale)
        .length,
  );
  const emulation = useEngineState(
    (state) => Object.values(state.handlers).filter((handler) => handler.state === 'on').length,
  );
  const ports = useEngineState((state) =>
    Object.values(state.containers).reduce((sum, { ports, stale }) => sum + (stale ? 0 : ports.length), 0),
  );
  const activity = useEngineState(
    (state) => Object.values(state.jobs).filter((job) => job.state === 'running').length,
  );
  return {
    containers: containers ?? 0,
    ports: ports ?? 0,
    emulation: emulation ?? 0,
    activity: activity ?? 0,
  };
}

function VmSummary() {
  const vm = useServiceVm();
  const stale = useStale();
  if (!vm) return null;
  const words = vmStateWords[vm.state];
  return (
    <a
      href="#/overview"
      className="m-1.5 flex h-11 items-center gap-2.5 rounded-md px-3 hover:bg-hover md:m-2"
    >
      <Lamp tone={stale ? 'unknown' : words.lamp} />
      <span className="sr-only">{stale ? 'Service VM, last known: ' : 'Service VM: '}</span>
      <span className="sr-only min-w-0 flex-col leading-tight md:not-sr-only md:flex">
        <span className="truncate text-sm font-medium">{words.word}</span>
        <span className="truncate text-xs text-faint">
          {vm.arch}
          {vm.accelerator ? ` · ${vm.accelerator.toUpperCase()}` : ''}
        </span>
      </span>
    </a>
  );
}
