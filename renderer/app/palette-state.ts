import { create } from 'zustand';

/** Whether the palette is over the window; anything may open it. */
export const usePalette = create<{ open: boolean }>(() => ({ open: false }));

/** As people know it from their system: Cmd-K on a Mac, Ctrl-K elsewhere. */
export const paletteShortcut = navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K';
