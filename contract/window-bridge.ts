/**
 * Electron: the preload sets `window.foredeck`. `openStream` asks main for a stream; it arrives as a window message
 * `{ type: streamMessageType, path }` whose first port carries it (ports cannot cross contextBridge).
 *
 * In a file of its own and without zod, so that the preload, which runs before every page, stays a few lines.
 */
export interface WindowBridge {
  readonly platform: string;
  openStream(path: string): void;
  /** `callback` gets paths to show, from deep links, tray and menu; they navigate and never act. */
  onNavigate(callback: (path: string) => void): void;
  /** Shows the page at `factor` times its size, 1 to 2. */
  setZoom(factor: number): void;
  /** Shows the desktop's dialog; `callback` gets the chosen folder's path once, null when it was cancelled. */
  chooseFolder(callback: (folder: string | null) => void): void;
}
export const streamMessageType = 'foredeck:stream';
