import { ArrowLeft, PackageX, SquareTerminal } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import type { Container } from '../../../contract/records.ts';
import { useEngineState, useStale } from '../../state/hooks.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { TabSet } from '../../ui/tab-set.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { ArchPill } from '../../vocabulary/arch-pill.tsx';
import { ContainerButtons } from './container-buttons.tsx';
import { ContainerDetails } from './container-details.tsx';
import { ContainerDialogs } from './container-dialogs.tsx';
import { ContainerStatus } from './container-status.tsx';
import { FilesTab } from './files/files-tab.tsx';
import { InspectTab } from './inspect/inspect-tab.tsx';
import { LogTab } from './log/log-tab.tsx';
import { type ContainerTab, openTab, useOpenTab } from './open-tabs.ts';
import { StatsTab } from './stats/stats-tab.tsx';

const tabs: readonly { value: ContainerTab; label: string }[] = [
  { value: 'overview', label: 'Overview' },
  { value: 'logs', label: 'Logs' },
  { value: 'stats', label: 'Stats' },
  { value: 'files', label: 'Files' },
  { value: 'inspect', label: 'Inspect' },
];

/** One container and everything about it; undefined: it is not, or no longer, there. */
export function ContainerPage({ container }: { container: Container | undefined }) {
  const title = container ? plainText(container.name) : 'No such container';
  useEffect(() => {
    document.title = `${title} · Foredeck`;
  }, [title]);
  return (
    <div className="mx-auto flex h-full min-h-112 w-full max-w-7xl flex-col gap-3 px-4 py-4 sm:px-6">
      <a
        href="#/containers"
        className="-mb-1 flex w-fit shrink-0 items-center gap-1 rounded text-sm text-muted hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" />
        Containers
      </a>
      {container ? (
        <Found container={container} />
      ) : (
        <EmptyState icon={<PackageX />} title="There is no such container">
          <p>It was removed, here or with a Docker command, or it never was.</p>
        </EmptyState>
      )}
    </div>
  );
}

function Found({ container }: { container: Container }) {
  const tab = useOpenTab(container.id);
  const lost = useStale();
  const suspended = useEngineState((state) => state.vms[container.vm]?.state === 'suspended') && !lost;
  return (
    <>
      <header className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h1 className="truncate text-xl font-semibold tracking-tight">
            <Untrusted text={container.name} />
          </h1>
          <div className="flex min-w-0 flex-wrap items-center gap-x-3 gap-y-1">
            <p className="max-w-full min-w-0 truncate font-mono text-sm text-muted">
              <Untrusted text={container.image} />
            </p>
            <ArchPill arch={container.arch} execution={container.execution} emulator={container.emulator} />
            <ContainerStatus
              container={container}
              stale={lost || container.stale}
              suspended={container.state === 'running' && suspended === true}
            />
          </div>
        </div>
        <ContainerButtons container={container} wordy />
      </header>
      <TabSet
        label={`About ${plainText(container.name)}`}
        value={tab}
        tabs={tabs}
        onChange={(next) => openTab(container.id, next)}
        beside={<TerminalLink container={container} />}
      >
        {content(tab, container)}
      </TabSet>
      <ContainerDialogs
        onRemoved={({ id }) => {
          if (location.hash.startsWith(`#/containers/${id}`)) location.hash = '/containers';
        }}
      />
    </>
  );
}

function content(tab: ContainerTab, container: Container): ReactNode {
  switch (tab) {
    case 'overview':
      return <ContainerDetails container={container} />;
    case 'logs':
      return <LogTab container={container} />;
    case 'stats':
      return <StatsTab container={container} />;
    case 'files':
      return <FilesTab container={container} />;
    case 'inspect':
      return <InspectTab container={container} />;
  }
}

/** Terminals live on a screen of their own, where they outlast this page. */
function TerminalLink({ container }: { container: Container }) {
  if (container.state !== 'running') return null;
  return (
    <a
      href={`#/terminal/${container.id}`}
      className="ml-auto flex h-8.5 items-center gap-1.5 rounded-t px-3 whitespace-nowrap text-muted outline-offset-[-3px] hover:text-ink"
    >
      <SquareTerminal aria-hidden className="size-3.5" />
      Open a terminal
    </a>
  );
}
