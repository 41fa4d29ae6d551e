import {
  Activity,
  Boxes,
  Cpu,
  Layers,
  LayoutDashboard,
  ListTree,
  type LucideIcon,
  Settings,
  SquareTerminal,
} from 'lucide-react';
import type { Screen } from '../../contract/screens.ts';
import { useEngineState, useServiceVm, useStale } from '../state/hooks.ts';
import { classNames } from '../ui/class-names.ts';
import { Lamp } from '../ui/lamp.tsx';
import { vmStateWords } from '../vocabulary/vm-words.ts';

const entries: readonly { screen: Screen; title: string; icon: LucideIcon }[] = [
  { screen: 'overview', title: 'Overview', icon: LayoutDashboard },
  { screen: 'containers', title: 'Containers', icon: Boxes },
  { screen: 'processes', title: 'Processes', icon: ListTree },
  { screen: 'images', title: 'Images', icon: Layers },
  { screen: 'emulation', title: 'Emulation', icon: Cpu },
  { screen: 'terminal', title: 'Terminal', icon: SquareTerminal },
  { screen: 'activity', title: 'Activity', icon: Activity },
  { screen: 'settings', title: 'Settings', icon: Settings },
];

/** The column at the left; a rail of icons where the window is narrow. */
export function Navigation({ current }: { current: Screen }) {
  const counts = useCounts();
  return (
    <div className="flex min-h-0 w-12 flex-col border-r border-line bg-sunken md:w-48">
      <div className="flex h-14 items-center gap-2.5 px-2.5 md:px-4">
        <img src="./icon.svg" alt="" className="size-6.5" />
        <span className="hidden font-semibold tracking-tight md:inline">Foredeck</span>
      </div>
      <nav aria-label="Main" className="min-h-0 flex-1 overflow-y-auto px-1.5 md:px-2">
        <ul className="flex flex-col gap-0.5">
          {entries.map(({ screen, title, icon: Icon }) => (
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

/** Figures beside the entries: running containers, emulated architectures, jobs under way. */
function useCounts(): Partial<Record<Screen, number>> {
  const containers = useEngineState(
    (state) =>
      Object.values(state.containers).filter((container) => container.state === 'running' && !container.stale)
        .length,
  );
  const emulation = useEngineState(
    (state) => Object.values(state.handlers).filter((handler) => handler.state === 'on').length,
  );
  const activity = useEngineState(
    (state) => Object.values(state.jobs).filter((job) => job.state === 'running').length,
  );
  return { containers: containers ?? 0, emulation: emulation ?? 0, activity: activity ?? 0 };
}

function VmSummary() {
  const vm = useServiceVm();
  const stale = useStale();
  if (!vm) return null;
  const words = vmStateWords[vm.state];
  return (
    <a
      href="#/overview"
      aria-label={`Service VM: ${stale ? 'last known ' : ''}${words.word}`}
      className="m-1.5 flex h-11 items-center gap-2.5 rounded-md px-3 hover:bg-hover md:m-2"
    >
      <Lamp tone={stale ? 'unknown' : words.lamp} />
      <span className="hidden min-w-0 flex-col leading-tight md:flex">
        <span className="truncate text-sm font-medium">{words.word}</span>
        <span className="truncate text-xs text-faint">
          {vm.arch}
          {vm.accelerator ? ` · ${vm.accelerator.toUpperCase()}` : ''}
        </span>
      </span>
    </a>
  );
}
