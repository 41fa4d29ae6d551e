import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

/**
 * Runs a built main under the double: `node run-main.ts out/main/main.js …`, forked by launch-shell.ts with an IPC
 * channel. `electron` resolves to electron.ts for it, by import and by require.
 */
const electronUrl = new URL('./electron.ts', import.meta.url).href;
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' || specifier === 'electron/main'
      ? { url: electronUrl, shortCircuit: true }
      : next(specifier, context),
});
Object.assign(process.versions, { electron: '45.4.1' });
Object.assign(process, { type: 'browser' });

const main = process.argv[2];
if (!main) throw new Error('usage: run-main.ts MAIN');
const electron = await import('./electron.ts');

/** A function of the spec, as `electronApp.evaluate` of Playwright takes it: source text and one argument. */
interface Evaluation {
  readonly id: number;
  readonly source: string;
  readonly argument: unknown;
}

process.on('message', async ({ id, source, argument }: Evaluation) => {
  try {
    // biome-ignore lint/security/noGlobalEval: this is what evaluating in the main process means
    const run = globalThis.eval(`(${source})`);
    process.send?.({ type: 'evaluated', id, result: await run(electron.default, argument) });
  } catch (thrown) {
    process.send?.({ type: 'evaluated', id, error: thrown instanceof Error ? thrown.stack : String(thrown) });
  }
});
// The spec is gone: nothing may stay behind.
process.on('disconnect', () => electron.app.exit(1));

await import(pathToFileURL(main).href);
const endpoint = await electron.app.becomeReady();
process.send?.({ type: 'ready', endpoint });
