import { join } from 'node:path';
import { app, Menu, nativeImage, Tray } from 'electron';
import type { EngineCalls } from '../engine/client/connect-engine.ts';
import type { EngineConnection } from './engine.ts';
import type { EngineState } from './engine-state.ts';
import { tellProblem } from './tell-problem.ts';
import { trayMenu, trayTip } from './tray-menu.ts';

export interface TrayOptions {
  /** Holds `resources/`. */
  readonly root: string;
  readonly engine: EngineConnection;
  readonly state: EngineState;
  readonly open: () => void;
  readonly navigate: (path: string) => void;
  readonly startEngine: () => void;
  readonly stopAndQuit: () => void;
}

/** Puts the icon beside the clock, with the engine's state and what one wants without a window. */
export function showTray(options: TrayOptions): void {
  const { root, engine, state, open, navigate, startEngine, stopAndQuit } = options;
  const tray = new Tray(nativeImage.createFromPath(iconPath(root)));
  const ask = (what: string, work: (calls: EngineCalls) => Promise<unknown>): void => {
    engine
      .reach()
      .then(({ calls }) => work(calls))
      .catch((thrown) => tellProblem(what, thrown));
  };
  let shown = '';
  const show = (): void => {
    const template = trayMenu(state.current, {
      open,
      showContainers: () => navigate('/containers'),
      startEngine,
      startVm: (vm) => ask('The VM did not start', (calls) => calls.vm.start({ vm })),
      stopVm: (vm) => ask('The VM did not stop', (calls) => calls.vm.stop({ vm })),
      stopAndQuit,
      quit: () => app.quit(),
    });
    // The state changes often, and some desktops close a menu that is set anew under the pointer.
    const words = JSON.stringify(template);
    if (words === shown) return;
    shown = words;
    tray.setToolTip(trayTip(state.current));
    tray.setContextMenu(Menu.buildFromTemplate(template));
  };
  // macOS opens the menu by itself.
  if (process.platform !== 'darwin') tray.on('click', open);
  state.listen(show);
  show();
}

/** macOS colours a template image as its menu bar wants it; `@2x` is found by name. */
function iconPath(root: string): string {
  const name = process.platform === 'darwin' ? 'trayTemplate.png' : 'tray.png';
  return join(root, 'resources', 'tray', name);
}
