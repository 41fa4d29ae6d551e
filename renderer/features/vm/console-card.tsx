import { useEffect, useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { useEngine } from '../../state/engine-store.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { plainLines } from '../../ui/text/plain-text.ts';

const shownLines = 200;
const refreshMs = 2_000;

/** The newest lines of the serial console, read only while somebody looks. */
export function ConsoleCard({ vm }: { vm: Vm }) {
  const [open, setOpen] = useState(false);
  const text = useConsole(open ? vm.name : null);
  return (
    <Card
      title="Serial console"
      note="What the kernel and init of the VM say"
      actions={
        <>
          {text ? <CopyButton text={text} label="Copy the console" /> : null}
          <Button size="sm" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Hide' : 'Show'}
          </Button>
        </>
      }
    >
      {open ? (
        <section
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label="Serial console, newest lines"
          className="flex h-72 flex-col-reverse overflow-auto rounded-md border border-line bg-sunken p-3"
        >
          <pre className="font-mono text-xs">
            {text === null ? 'Reading…' : text || 'The console has not said anything yet.'}
          </pre>
        </section>
      ) : null}
    </Card>
  );
}

function useConsole(vm: string | null): string | null {
  const client = useEngine((view) => (view.status.phase === 'up' ? view.link?.client : undefined));
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    if (vm === null || !client) return;
    const looking = new AbortController();
    const read = (): void => {
      client.vm.console({ vm, lines: shownLines }, { signal: looking.signal }).then(
        (lines) => setText(plainLines(lines.join('\n'))),
        () => undefined,
      );
    };
    read();
    const timer = setInterval(read, refreshMs);
    return () => {
      clearInterval(timer);
      looking.abort();
    };
  }, [vm, client]);
  return text;
}
