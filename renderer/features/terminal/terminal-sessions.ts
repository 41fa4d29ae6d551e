import { z } from 'zod';
import { useEngine } from '../../state/engine-store.ts';
import { perform } from '../../state/perform.ts';
import { addTab, removeTab, useTabs } from './tabs-store.ts';
import { TerminalSession } from './terminal-session.ts';

/** Per browser tab or window: a reload attaches again, a second window has terminals of its own. */
const keptItem = 'foredeck.terminals';

const Kept = z.array(z.object({ id: z.string(), vm: z.string(), title: z.string() }));

/** Where a terminal begins; it takes its real size as soon as it is on the page. */
const initialSize = { cols: 100, rows: 30 };

const sessions = new Map<string, TerminalSession>();
let restored = false;

export function sessionOf(id: string): TerminalSession | undefined {
  return sessions.get(id);
}

/** Opens a login shell in `vm`, in a new tab. */
export async function openTerminal(vm: string): Promise<void> {
  const terminal = await perform('terminal:open', (client) =>
    client.terminal.open({ vm, argv: null, ...initialSize }),
  );
  if (terminal) attach(terminal);
}

/** Ends the session in the engine too. */
export function closeTerminal(id: string): void {
  sessions.get(id)?.close();
  sessions.delete(id);
  const ended = useTabs.getState().tabs.find((tab) => tab.id === id)?.phase === 'ended';
  removeTab(id);
  if (!ended) void perform(`terminal:close:${id}`, (client) => client.terminal.close({ id }));
}

/** Attaches to the sessions of before a reload, once. */
export function restoreTerminals(): void {
  if (restored) return;
  restored = true;
  for (const tab of readKept()) attach(tab);
  useTabs.subscribe(({ tabs }) => {
    const kept = tabs.filter((tab) => tab.phase !== 'ended').map(({ id, vm, title }) => ({ id, vm, title }));
    sessionStorage.setItem(keptItem, JSON.stringify(kept));
  });
}

function attach(tab: { id: string; vm: string; title: string }): void {
  const { link } = useEngine.getState();
  if (!link) return;
  const session = new TerminalSession(tab.id, link);
  sessions.set(tab.id, session);
  addTab(tab);
  session.start();
}

function readKept(): z.infer<typeof Kept> {
  try {
    const kept = Kept.safeParse(JSON.parse(sessionStorage.getItem(keptItem) ?? '[]'));
    return kept.success ? kept.data : [];
  } catch {
    return [];
  }
}
