import { Tabs } from '@base-ui/react/tabs';
import { ClipboardPaste, Copy, Plus, SquareTerminal, X } from 'lucide-react';
import { useEffect } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { usePending, useServiceVm, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Lamp, type LampTone } from '../../ui/lamp.tsx';
import { toastProblem } from '../../ui/toasts.tsx';
import { activateTab, type Tab, type TabPhase, useTabs } from './tabs-store.ts';
import { TerminalScreen } from './terminal-screen.tsx';
import { closeTerminal, openTerminal, restoreTerminals, sessionOf } from './terminal-sessions.ts';

const lamps: Record<TabPhase, LampTone> = { attaching: 'busy', attached: 'good', lost: 'warn', ended: 'off' };

/** Shells in the VM, a tab each. */
export function TerminalPage() {
  const vm = useServiceVm();
  const { tabs, active } = useTabs();
  useEffect(() => {
    document.title = 'Terminal · Foredeck';
    restoreTerminals();
  }, []);
  if (!vm) return null;
  if (tabs.length === 0 || active === null) {
    return (
      <div className="h-full overflow-auto">
        <h1 className="sr-only">Terminal</h1>
        <NoTerminal vm={vm} />
      </div>
    );
  }
  return (
    <Tabs.Root
      value={active}
      onValueChange={(id: string) => activateTab(id)}
      className="flex h-full min-h-0 flex-col"
    >
      <h1 className="sr-only">Terminal</h1>
      <div className="flex h-10 shrink-0 items-center gap-1 border-b border-line bg-sunken px-2">
        <Tabs.List aria-label="Terminals" className="flex min-w-0 gap-1 overflow-x-auto p-0.5">
          {tabs.map((tab) => (
            <TabHandle key={tab.id} tab={tab} active={tab.id === active} />
          ))}
        </Tabs.List>
        <NewTerminalButton vm={vm} />
        <div className="ml-auto flex gap-0.5">
          <IconButton
            label="Copy the selection (Ctrl+Shift+C)"
            icon={<Copy aria-hidden className="size-3.5" />}
            onClick={() => void sessionOf(active)?.copySelection()}
          />
          <IconButton
            label="Paste (Ctrl+Shift+V)"
            icon={<ClipboardPaste aria-hidden className="size-3.5" />}
            onClick={() => {
              sessionOf(active)
                ?.paste()
                .catch(() =>
                  toastProblem(
                    'This window may not read the clipboard.',
                    'Press Ctrl+Shift+V in the terminal instead.',
                  ),
                );
              sessionOf(active)?.focus();
            }}
          />
        </div>
      </div>
      {tabs.map((tab) => (
        <Tabs.Panel
          key={tab.id}
          value={tab.id}
          tabIndex={-1}
          className="flex min-h-0 flex-1 flex-col bg-terminal outline-none data-hidden:hidden"
        >
          <Ending tab={tab} vm={vm} />
          <div className="min-h-0 flex-1 py-2 pl-3">
            <TerminalScreen id={tab.id} />
          </div>
        </Tabs.Panel>
      ))}
      <p className="sr-only">Shift and Escape leaves the terminal.</p>
    </Tabs.Root>
  );
}

function TabHandle({ tab, active }: { tab: Tab; active: boolean }) {
  return (
    <div
      className={
        active
          ? 'flex h-7.5 min-w-0 shrink-0 items-center rounded-md bg-surface pr-0.5 text-ink shadow-card'
          : 'flex h-7.5 min-w-0 shrink-0 items-center rounded-md pr-0.5 text-muted hover:bg-hover'
      }
    >
      <Tabs.Tab
        value={tab.id}
        className="flex h-full max-w-48 min-w-0 items-center gap-2 rounded-md pr-1.5 pl-2.5 text-sm"
      >
        <Lamp tone={lamps[tab.phase]} className="size-2" />
        <bdi className="truncate">{tab.title}</bdi>
      </Tabs.Tab>
      <IconButton
        className="size-5"
        label={`Close ${tab.title}`}
        icon={<X aria-hidden className="size-3" />}
        onClick={() => closeTerminal(tab.id)}
      />
    </div>
  );
}

/** One line above the screen when the session is not there any more, or not at the moment. */
function Ending({ tab, vm }: { tab: Tab; vm: Vm }) {
  const opening = usePending('terminal:open');
  const unavailable = useUnavailable();
  if (tab.phase === 'attached') return null;
  return (
    <div
      role="status"
      className="flex h-10 shrink-0 items-center gap-3 border-b border-line bg-warn-soft px-3 text-ink"
    >
      <span className="truncate">
        {tab.phase === 'ended' && `The session has ended: ${tab.ending}.`}
        {tab.phase === 'lost' && 'Connection lost. Attaching again as soon as the engine is there…'}
        {tab.phase === 'attaching' && 'Attaching…'}
      </span>
      {tab.phase === 'ended' ? (
        <Button
          size="sm"
          className="ml-auto"
          busy={opening}
          unavailable={unavailable}
          onClick={() => {
            closeTerminal(tab.id);
            void openTerminal(vm.name);
          }}
        >
          New session
        </Button>
      ) : null}
    </div>
  );
}

function NewTerminalButton({ vm }: { vm: Vm }) {
  const opening = usePending('terminal:open');
  const unavailable = useUnavailable();
  return (
    <IconButton
      label="New terminal"
      icon={<Plus aria-hidden className="size-4" />}
      busy={opening}
      unavailable={unavailable ?? notRunning(vm)}
      onClick={() => void openTerminal(vm.name)}
    />
  );
}

function NoTerminal({ vm }: { vm: Vm }) {
  const opening = usePending('terminal:open');
  const unavailable = useUnavailable();
  return (
    <EmptyState icon={<SquareTerminal />} title="A shell in the VM">
      <p>Where the containers run: look at the kernel, at binfmt_misc, at Docker’s own side of things.</p>
      <div className="flex justify-center">
        <Button
          kind="primary"
          icon={<Plus aria-hidden className="size-4" />}
          busy={opening}
          unavailable={unavailable ?? notRunning(vm)}
          onClick={() => void openTerminal(vm.name)}
        >
          Open a terminal
        </Button>
      </div>
      {notRunning(vm) ? (
        <p className="text-sm">
          The VM has to run first:{' '}
          <a href="#/overview" className="rounded text-accent underline">
            start it on the overview
          </a>
          .
        </p>
      ) : null}
    </EmptyState>
  );
}

function notRunning(vm: Vm): string | undefined {
  return vm.state === 'running' || vm.state === 'degraded' ? undefined : 'The VM has to run first';
}
