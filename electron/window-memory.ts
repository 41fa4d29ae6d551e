import { readFileSync } from 'node:fs';
import { type BrowserWindow, screen } from 'electron';
import { writeFileAtomic } from '../engine/base/atomic-file.ts';
import { type Area, noPlaces, placeWindow, rememberPlace, WindowPlaces } from './window-place.ts';

/** Where the window was, kept in a file of the home. One that cannot be understood is as good as none. */
export class WindowMemory {
  readonly #path: string;
  #places: WindowPlaces | undefined;
  #written = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Where to open the window now, with the displays there are. */
  place(): { bounds: Area; maximized: boolean } {
    const primary = screen.getPrimaryDisplay();
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id);
    return placeWindow(this.#read(), [primary, ...others]);
  }

  /** Remembers the window as it is, before it closes. */
  remember(window: BrowserWindow): void {
    const bounds = window.getNormalBounds();
    const display = screen.getDisplayMatching(bounds);
    this.#places = rememberPlace(this.#read(), { display, bounds, maximized: window.isMaximized() });
    const text = `${JSON.stringify(this.#places)}\n`;
    this.#written = this.#written
      .then(() => writeFileAtomic(this.#path, text))
      .catch((thrown) => console.error(`The window's place is not kept: ${String(thrown)}`));
  }

  /** Resolves when what is remembered is in the file. */
  async settled(): Promise<void> {
    await this.#written;
  }

  /** At once, since the window waits for it: a few hundred bytes. */
  #read(): WindowPlaces {
    this.#places ??= readPlaces(this.#path);
    return this.#places;
  }
}

function readPlaces(path: string): WindowPlaces {
  try {
    return WindowPlaces.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return noPlaces;
  }
}
