import { useEffect } from 'react';
import { Finder } from '../ui/finder.tsx';
import { usePaletteGroups } from './palette-groups.tsx';
import { usePalette } from './palette-state.ts';

/** Everything the window can show or do, by typing its name. */
export function Palette() {
  const open = usePalette((palette) => palette.open);
  useEffect(() => {
    // While capturing: a terminal would take the key for its shell.
    addEventListener('keydown', onKey, { capture: true });
    return () => removeEventListener('keydown', onKey, { capture: true });
  }, []);
  return open ? <OpenPalette /> : null;
}

/** Mounted while open only: its entries follow every change of the state. */
function OpenPalette() {
  const groups = usePaletteGroups();
  return (
    <Finder
      open
      label="Search or run"
      empty="Nothing here has that name."
      groups={groups}
      onClose={() => usePalette.setState({ open: false })}
    />
  );
}

function onKey(event: KeyboardEvent): void {
  if (event.code !== 'KeyK' || event.altKey || !(event.ctrlKey || event.metaKey)) return;
  // Ctrl-K cuts a line in a shell; with Shift, or as Cmd-K, it is ours there too.
  const inTerminal = event.target instanceof Element && event.target.closest('.xterm') !== null;
  if (inTerminal && event.ctrlKey && !event.shiftKey) return;
  event.preventDefault();
  event.stopPropagation();
  usePalette.setState(({ open }) => ({ open: !open }));
}
