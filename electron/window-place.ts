import { z } from 'zod';

/** Device-independent pixels, as Electron's Rectangle. */
export interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface DisplayArea {
  readonly id: number;
  /** Without docks, menu bars and panels. */
  readonly workArea: Area;
}

/** The page is made for this and more (renderer: 900 px is the narrowest). */
export const smallest = { width: 900, height: 600 };
const usual = { width: 1280, height: 800 };

const Place = z.object({
  /** From the corner of the display's work area, so that it holds when displays are arranged anew. */
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int(),
  height: z.number().int(),
  maximized: z.boolean(),
});

/** Where the window was on each display, by Electron's display id, and on which one it was last. */
export const WindowPlaces = z.object({ last: z.number().nullable(), displays: z.record(z.string(), Place) });
export type WindowPlaces = z.infer<typeof WindowPlaces>;

export const noPlaces: WindowPlaces = { last: null, displays: {} };

/**
 * Where to open the window: on the display it was on last, else on the first (Electron names the primary one first),
 * where it was there, moved and made smaller until all of it can be seen.
 */
export function placeWindow(
  places: WindowPlaces,
  displays: readonly DisplayArea[],
): { bounds: Area; maximized: boolean } {
  const [primary] = displays;
  const display = displays.find(({ id }) => id === places.last) ?? primary;
  if (!display) return { bounds: { x: 0, y: 0, ...usual }, maximized: false };
  const { workArea } = display;
  const place = places.displays[display.id];
  const width = within(place?.width ?? usual.width, smallest.width, workArea.width);
  const height = within(place?.height ?? usual.height, smallest.height, workArea.height);
  const x = within(place?.x ?? Math.round((workArea.width - width) / 2), 0, workArea.width - width);
  const y = within(place?.y ?? Math.round((workArea.height - height) / 2), 0, workArea.height - height);
  return {
    bounds: { x: workArea.x + x, y: workArea.y + y, width, height },
    maximized: place?.maximized ?? false,
  };
}

/** `places` with the window as it is now. */
export function rememberPlace(
  places: WindowPlaces,
  now: { display: DisplayArea; bounds: Area; maximized: boolean },
): WindowPlaces {
  const { display, bounds, maximized } = now;
  const { x, y, width, height } = bounds;
  const place = { x: x - display.workArea.x, y: y - display.workArea.y, width, height, maximized };
  return { last: display.id, displays: { ...places.displays, [display.id]: place } };
}

/** The lower bound wins: on a display which is too small the window begins at its corner. */
function within(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
