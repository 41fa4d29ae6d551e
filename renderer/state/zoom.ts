import { create } from 'zustand';
import { setZoom } from '../bridge/window-bridge.ts';

/** Percent. */
export const zooms = [100, 125, 150, 175, 200] as const;
export type Zoom = (typeof zooms)[number];

const zoomItem = 'foredeck.zoom';

export const useZoom = create<{ zoom: Zoom }>(() => ({ zoom: 100 }));

/** Applies what was chosen in this window before. */
export function startZoom(): void {
  const kept = zooms.find((zoom) => String(zoom) === localStorage.getItem(zoomItem));
  if (kept !== undefined) applyZoom(kept);
}

export function chooseZoom(zoom: Zoom): void {
  localStorage.setItem(zoomItem, String(zoom));
  applyZoom(zoom);
}

function applyZoom(zoom: Zoom): void {
  setZoom(zoom / 100);
  useZoom.setState({ zoom });
}
