import { ArrowDown, ArrowUp, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { classNames } from '../../ui/class-names.ts';
import { controlLook } from '../../ui/control-look.ts';
import { IconButton } from '../../ui/icon-button.tsx';
import type { SearchMatches } from './terminal-session.ts';
import { sessionOf } from './terminal-sessions.ts';

const none: SearchMatches = { current: 0, count: 0 };

/** Searches what the terminal has shown: Enter goes up through it, as one reads a log; Escape returns to the shell. */
export function TerminalSearch({ id, onClose }: { id: string; onClose: () => void }) {
  const [text, setText] = useState('');
  const [matches, setMatches] = useState(none);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    return sessionOf(id)?.onMatches(setMatches);
  }, [id]);
  const find = (typed: string, direction: 'next' | 'previous'): void => {
    sessionOf(id)?.find(typed, direction);
    if (typed === '') setMatches(none);
  };
  const close = (): void => {
    sessionOf(id)?.find('', 'next');
    sessionOf(id)?.focus();
    onClose();
  };
  return (
    <search className="absolute top-2 right-4 z-10 flex items-center gap-1 rounded-lg border border-line bg-surface p-1 shadow-high">
      <input
        ref={field}
        type="search"
        aria-label="Search the terminal"
        value={text}
        spellCheck={false}
        autoComplete="off"
        className={classNames(controlLook, 'w-48')}
        onChange={(event) => {
          setText(event.target.value);
          find(event.target.value, 'previous');
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter') find(text, event.shiftKey ? 'next' : 'previous');
          else if (event.key === 'Escape') close();
        }}
      />
      <p role="status" className="w-20 text-center text-sm text-muted tabular-nums">
        {text === '' ? '' : matches.count === 0 ? 'No match' : `${matches.current} of ${matches.count}`}
      </p>
      <IconButton
        label="Match above"
        icon={<ArrowUp aria-hidden className="size-3.5" />}
        onClick={() => find(text, 'previous')}
      />
      <IconButton
        label="Match below"
        icon={<ArrowDown aria-hidden className="size-3.5" />}
        onClick={() => find(text, 'next')}
      />
      <IconButton label="End the search" icon={<X aria-hidden className="size-3.5" />} onClick={close} />
    </search>
  );
}
