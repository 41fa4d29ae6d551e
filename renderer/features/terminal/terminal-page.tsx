import { Tabs } from '@base-ui/react/tabs';
import { ClipboardPaste, Copy, Search, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { useEngine } from '../../state/engine-store.ts';
import { usePending, useServiceVm, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Lamp, type LampTone } from '../../ui/lamp.tsx';
import { toastProblem } from '../../ui/toasts.tsx';
import { NewTerminal } from './new-terminal.tsx';
import { NoTerminal } from './no-terminal.tsx';
import { activateTab, type Tab, type TabPhase, useTabs } from './tabs-store.ts';
import { TerminalScreen } from './terminal-screen.tsx';
import { TerminalSearch } from './terminal-search.tsx';
import {
  closeTerminal,
  openContainerTerminal,
  openTerminal,
  restoreTerminals,
  sessionOf,
} from './terminal-sessions.ts';

const lamps: Record<TabPhase, LampTone> = { attaching: 'busy', attached: 'good', lost: 'warn', ended: 'off' };

/** Shells in the VM, in containers and on this computer, a tab each. `container`: one to open a shell in. */
export function TerminalPage({ container }: { container: string | null }) {
  const vm = useServiceVm();
  const { tabs, active } = useTabs();
  useEffect(() => {
    document.title = 'Terminal · Foredeck';
    restoreTerminals();
  }, []);
  useEffect(() => {
    if (container === null) return;
    const owner = useEngine.getState().engine?.containers[container]?.vm;
    // The address says where one is, not what to do again: a reload must not open another.
    location.replace('#/terminal');
    if (owner === undefined) toastProblem('That container is not there any more.', '');
    else void openContainerTerminal(owner, container);
  }, [container]);
  if (!vm) return null;
  if (tabs.length === 0 || active === null) {
    return (
      <div className="h-full overflow-auto">
        <h1 className="sr-only">Terminal</h1>
        <NoTerminal vm={vm} />
      </div>
    );
  }
  return <OpenTerminals vm={vm} tabs={tabs} active={active} />;
}

function OpenTerminals({ vm, tabs, active }: { vm: Vm; tabs: readonly Tab[]; active: string }) {
  const [searching, setSearching] = useState(false);
  useEffect(() => {
    const session = sessionOf(active);
    if (session) session.onSearchAsked = () => setSearching(true);
  }, [active]);
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
        <NewTerminal vm={vm} />
        <div className="ml-auto flex gap-0.5">
          <IconButton
            label="Search (Ctrl+Shift+F)"
            icon={<Search aria-hidden className="size-3.5" />}
            onClick={() => setSearching(true)}
          />
          <IconButton
            label="Copy the selection (Ctrl+Shift+C)"
            icon={<Copy aria-hidden className="size-3.5" />}
            onClick={() => void sessionOf(active)?.copySelection()}
          />
          <IconButton
            label="Paste (Ctrl+Shift+V)"
            icon={<ClipboardPaste aria-hidden className="size-3.5" />}
            onClick={() => paste(active)}
          />
          <IconButton
            label={`Close ${titleOf(tabs, active)}`}
            icon={<X aria-hidden className="size-3.5" />}
            onClick={() => closeTerminal(active)}
          />
        </div>
      </div>
      {tabs.map((tab) => (
        <Tabs.Panel
          key={tab.id}
          value={tab.id}
          tabIndex={-1}
          className="relative flex min-h-0 flex-1 flex-col bg-terminal outline-none data-hidden:hidden"
        >
          <Ending tab={tab} />
          {searching && tab.id === active ? (
            <TerminalSearch id={tab.id} onClose={() => setSearching(false)} />
          ) : null}
          <div className="min-h-0 flex-1 py-2 pl-3">
            <TerminalScreen id={tab.id} />
          </div>
        </Tabs.Panel>
      ))}
      <p className="sr-only">Shift and Escape leaves the terminal.</p>
    </Tabs.Root>
  );
}

function titleOf(tabs: readonly Tab[], id: string): string {
  return tabs.find((tab) => tab.id === id)?.title ?? '';
}

function paste(id: string): void {
  const session = sessionOf(id);
  session
    ?.paste()
    .catch(() =>
      toastProblem('This window may not read the clipboard.', 'Press Ctrl+Shift+V in the terminal instead.'),
    );
  session?.focus();
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
        onKeyDown={(event) => {
          if (event.key === 'Delete') closeTerminal(tab.id);
        }}
      >
        <Lamp tone={lamps[tab.phase]} className="size-2" />
        <bdi className="truncate">{tab.title}</bdi>
      </Tabs.Tab>
      {/* For the mouse: a list of tabs holds nothing but tabs. Delete does it too, and the button at the right. */}
      <button
        type="button"
        aria-hidden
        tabIndex={-1}
        className="grid size-5 place-items-center rounded text-faint hover:bg-hover hover:text-ink"
        onClick={() => closeTerminal(tab.id)}
      >
        <X className="size-3" />
      </button>
    </div>
  );
}

/** One line above the screen when the session is not there any more, or not at the moment. */
function Ending({ tab }: { tab: Tab }) {
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
            void openTerminal(tab.place);
          }}
        >
          New session
        </Button>
      ) : null}
    </div>
  );
}
