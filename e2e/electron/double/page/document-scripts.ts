import { createWire } from '../wire.ts';
import { connectWorlds } from './connect-worlds.ts';
import { runPreload } from './run-preload.ts';

/** What the page's main world runs before its own scripts. */
export function mainWorldScript(): string {
  return `if (window.top === window) (${connectWorlds})('main');`;
}

/** What the isolated world runs: the preload's source, as CommonJS, with Electron's half around it. */
export function isolatedWorldScript(preloadSource: string, process: object): string {
  const preload = `function (require, module, exports, process) {${preloadSource}\n}`;
  const options = `{ process: ${JSON.stringify(process)}, preload: ${preload} }`;
  return `if (window.top === window) (${runPreload})((${connectWorlds})('preload'), (${createWire})(), ${options});`;
}
