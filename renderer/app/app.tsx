import { Tooltip } from '@base-ui/react/tooltip';
import { KeyRound, Unplug } from 'lucide-react';
import { lazy, Suspense, useLayoutEffect, useRef } from 'react';
import { ActivityPage } from '../features/activity/activity-page.tsx';
import { BuildsPage } from '../features/builds/builds-page.tsx';
import { ConnectCard } from '../features/connect/connect-card.tsx';
import { ContainersPage } from '../features/containers/containers-page.tsx';
import { EmulationPage } from '../features/emulation/emulation-page.tsx';
import { FirstSteps } from '../features/first-steps/first-steps.tsx';
import { ImagesPage } from '../features/images/images-page.tsx';
import { NetworksPage } from '../features/networks/networks-page.tsx';
import { PortsPage } from '../features/ports/ports-page.tsx';
import { ProcessesPage } from '../features/processes/processes-page.tsx';
import { SettingsPage } from '../features/settings/settings-page.tsx';
import { VmPage } from '../features/vm/vm-page.tsx';
import { VolumesPage } from '../features/volumes/volumes-page.tsx';
import { useEngine } from '../state/engine-store.ts';
import { CopyableCommand } from '../ui/copyable-command.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Navigation } from './navigation.tsx';
import { Palette } from './palette.tsx';
import { ProblemToasts } from './problem-toasts.tsx';
import { type Route, useRoute } from './route.ts';
import { StatusBar } from './status-bar.tsx';

/** Of its own: the terminal emulator is a third of the program, and the overview does not need it. */
const TerminalPage = lazy(async () => ({
  default: (await import('../features/terminal/terminal-page.tsx')).TerminalPage,
}));

/** Hover must mean it; the second tooltip of a row comes at once. */
const tooltipDelayMs = 450;

export function App() {
  const route = useRoute();
  const main = useRef<HTMLElement>(null);
  const lastScreen = useRef(route.screen);
  // Before what a screen does by itself, such as going to one of its sections.
  useLayoutEffect(() => {
    // A new screen begins at its top, for eyes and for screen readers; not on the first load.
    if (lastScreen.current === route.screen) return;
    lastScreen.current = route.screen;
    main.current?.scrollTo(0, 0);
  }, [route.screen]);
  return (
    <Tooltip.Provider delay={tooltipDelayMs}>
      <div className="grid h-full grid-cols-[auto_minmax(0,1fr)] grid-rows-[minmax(0,1fr)_auto]">
        <button
          type="button"
          onClick={() => main.current?.focus()}
          className="sr-only z-50 rounded-md bg-accent px-3 py-1.5 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
        >
          Skip to content
        </button>
        <Navigation current={route.screen} />
        {/* `relative`: what is visually hidden in it is positioned, and must not lengthen the window. */}
        <main ref={main} id="main" tabIndex={-1} className="relative min-h-0 overflow-y-auto outline-none">
          <Content route={route} />
        </main>
        <StatusBar />
      </div>
      <ProblemToasts />
      <Palette />
    </Tooltip.Provider>
  );
}

function Content({ route }: { route: Route }) {
  const phase = useEngine((view) => view.status.phase);
  const known = useEngine((view) => view.engine !== null);
  if (phase === 'refused') return <Refused />;
  if (!known) return <Waiting lost={phase === 'down'} />;
  switch (route.screen) {
    case 'overview':
      return <VmPage above={<FirstSteps />} beside={<ConnectCard />} />;
    case 'containers':
      return <ContainersPage item={route.item} />;
    case 'images':
      return <ImagesPage />;
    case 'volumes':
      return <VolumesPage item={route.item} />;
    case 'networks':
      return <NetworksPage item={route.item} />;
    case 'ports':
      return <PortsPage />;
    case 'builds':
      return <BuildsPage />;
    case 'processes':
      return <ProcessesPage />;
    case 'emulation':
      return <EmulationPage />;
    case 'terminal':
      return (
        <Suspense>
          <TerminalPage container={route.item} />
        </Suspense>
      );
    case 'activity':
      return <ActivityPage />;
    case 'settings':
      return <SettingsPage section={route.item} />;
  }
}

function Refused() {
  return (
    <EmptyState icon={<KeyRound />} title="This page needs a fresh address">
      <p>
        An address lets one page in, once. Ask for a new one in a terminal and open what it prints. Nothing
        was stopped: VMs and containers go on.
      </p>
      <CopyableCommand command="foredeck serve" label="Copy the command" />
    </EmptyState>
  );
}

/** Before the first snapshot, which takes milliseconds: nothing to see, unless the engine is away. */
function Waiting({ lost }: { lost: boolean }) {
  if (!lost) return <p className="sr-only">Loading…</p>;
  return (
    <EmptyState icon={<Unplug />} title="The engine is not reachable">
      <p>This page connects by itself as soon as it is. If it was stopped, start it:</p>
      <CopyableCommand command="foredeck start" label="Copy the command" />
    </EmptyState>
  );
}
