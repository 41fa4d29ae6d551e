import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { useTheme } from '../../state/theme.ts';
import { sessionOf } from './terminal-sessions.ts';

/** The place on the page where the active terminal shows. */
export function TerminalScreen({ id }: { id: string }) {
  const host = useRef<HTMLDivElement>(null);
  const dark = useTheme((theme) => theme.dark);
  useEffect(() => {
    const place = host.current;
    const session = sessionOf(id);
    if (!place || !session) return;
    session.show(place, useTheme.getState().dark);
    session.focus();
    const resized = new ResizeObserver(() => session.fit());
    resized.observe(place);
    return () => {
      resized.disconnect();
      session.element.remove();
    };
  }, [id]);
  useEffect(() => sessionOf(id)?.setDark(dark), [id, dark]);
  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}
