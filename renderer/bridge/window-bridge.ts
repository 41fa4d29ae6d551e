import type { WindowBridge } from '../../contract/streams.ts';
import { BrowserStreams } from './browser-streams.ts';
import type { StreamOpener } from './stream.ts';
import { WindowStreams } from './window-streams.ts';

declare global {
  interface Window {
    /** Set by Electron's preload; absent in a browser. */
    readonly foredeck?: WindowBridge;
  }
}

/** Streams for wherever this page runs. */
export function createStreams(): StreamOpener {
  return window.foredeck ? new WindowStreams(window.foredeck) : new BrowserStreams();
}

/** In a window on this computer, which may have what a browser may not: shells of the host. */
export function isLocalWindow(): boolean {
  return window.foredeck !== undefined;
}

/** Calls `listener` with paths that Electron asks to show; they navigate and never act. */
export function onNavigationAsked(listener: (path: string) => void): void {
  window.foredeck?.onNavigate(listener);
}

/** Only the desktop's own window can; a browser zooms by itself. */
export function setZoom(factor: number): void {
  window.foredeck?.setZoom(factor);
}

/** Asks with the desktop's own dialog, where there is one: see `isLocalWindow`. Null when it is cancelled. */
export function chooseFolder(): Promise<string | null> {
  return new Promise((resolve) => {
    if (window.foredeck) window.foredeck.chooseFolder(resolve);
    else resolve(null);
  });
}
