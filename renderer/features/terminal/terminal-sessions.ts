import { z } from 'zod';
import { hostShellPath, newHostShellPath, terminalPath } from '../../../contract/terminal.ts';
import { useEngine } from '../../state/engine-store.ts';
import { perform } from '../../state/perform.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { addTab, removeTab, TerminalPlace, useTabs } from './tabs-store.ts';
import { maxTitleLength, TerminalSession } from './terminal-session.ts';

/** Per browser tab or window: a reload attaches again, a second window has terminals of its own. */
const keptItem = 'foredeck.terminals';

const KeptTab = z.object({ id: z.string(), place: TerminalPlace, title: z.string() });
type KeptTab = z.infer<typeof KeptTab>;

/** Where a terminal begins; it takes its real size as soon as it is on the page. */
const initialSize = { cols: 100, rows: 30 };

const sessions = new Map<string, TerminalSession>();
let restored = false;

export function sessionOf(id: string): TerminalSession | undefined {
  return sessions.get(id);
}

/** Opens a shell in a new tab. One of the host begins with its stream; for the others the engine is asked first. */
export async function openTerminal(place: TerminalPlace): Promise<void> {
  if (place.kind === 'host') {
    const id = crypto.randomUUID();
    attach({ id, place, title: 'This computer' }, newHostShellPath(id, initialSize));
    return;
  }
  const { vm } = place;
  const container = place.kind === 'container' ? place.container : null;
  const terminal = await perform('terminal:open', (client) =>
    client.terminal.open({ vm, container, argv: null, ...initialSize }),
  );
  if (!terminal) return;
  const name = container === null ? undefined : useEngine.getState().engine?.containers[container]?.name;
  const title = name === undefined ? terminal.title : plainText(name).slice(0, maxTitleLength);
  attach({ id: terminal.id, place, title });
}

/** Shows the open shell of a container, or opens one. */
export async function openContainerTerminal(vm: string, container: string): Promise<void> {
  restoreTerminals();
  const open = useTabs
    .getState()
    .tabs.find(
      ({ place, phase }) => place.kind === 'container' && place.container === container && phase !== 'ended',
    );
  if (open) useTabs.setState({ active: open.id });
  else await openTerminal({ kind: 'container', vm, container });
}

/** Ends the session in the engine too. */
export function closeTerminal(id: string): void {
  const tab = useTabs.getState().tabs.find((one) => one.id === id);
  sessions.get(id)?.close({ endProgram: tab?.place.kind === 'host' });
  sessions.delete(id);
  removeTab(id);
  if (tab && tab.phase !== 'ended' && tab.place.kind !== 'host') {
    void perform(`terminal:close:${id}`, (client) => client.terminal.close({ id }));
  }
}

/** Attaches to the sessions of before a reload, once. */
export function restoreTerminals(): void {
  if (restored) return;
  restored = true;
  for (const tab of readKept()) attach(tab);
  useTabs.subscribe(({ tabs }) => {
    const kept: KeptTab[] = tabs
      .filter((tab) => tab.phase !== 'ended')
      .map(({ id, place, title }) => ({ id, place, title }));
    sessionStorage.setItem(keptItem, JSON.stringify(kept));
  });
}

/** `firstPath`: where the stream begins, when not where it goes on. */
function attach(tab: KeptTab, firstPath?: string): void {
  const { link } = useEngine.getState();
  if (!link) return;
  const isHost = tab.place.kind === 'host';
  const path = isHost ? hostShellPath(tab.id) : terminalPath(tab.id);
  const session = new TerminalSession({
    id: tab.id,
    link,
    path,
    firstPath: firstPath ?? path,
    isListed: !isHost,
  });
  sessions.set(tab.id, session);
  addTab(tab);
  session.start();
}

function readKept(): KeptTab[] {
  try {
    const kept = z.array(KeptTab).safeParse(JSON.parse(sessionStorage.getItem(keptItem) ?? '[]'));
    return kept.success ? kept.data : [];
  } catch {
    return [];
  }
}
