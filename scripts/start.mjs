import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { bootstrap, runScript } from './bootstrap.mjs';
import { buildWhenStale, pageBuild, shellBuild } from './build-page.mjs';

/*
 * `npm start`: gets the clone ready, builds what is stale, then cli/start-app.ts on the project's Node.
 *   npm start [-- --yes]
 */

await runScript(async () => {
  const { root, node } = await bootstrap({ purpose: 'run', yes: process.argv.includes('--yes') });
  // Without a display the window is never shown, and its page is all that is needed.
  const mayShowWindow = process.platform !== 'linux' || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  buildWhenStale(mayShowWindow ? shellBuild : pageBuild, node);
  const app = spawn(node, [join(root, 'cli', 'start-app.ts')], { stdio: 'inherit' });
  // A terminal sends Ctrl-C to both; this one waits for the other to end in order.
  process.on('SIGINT', () => undefined);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => app.kill(signal));
  const [code, signal] = await once(app, 'exit');
  process.exitCode = signal === null ? code : 1;
});
