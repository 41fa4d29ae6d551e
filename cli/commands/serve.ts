import type { Command } from 'commander';
import { Scope } from '../../engine/base/scope.ts';
import { homeFromEnvironment, pathsUnder } from '../../engine/paths.ts';
import { jsonOption, parsePort } from '../arguments.ts';
import { explainAddress, startBrowserMode, untilInterrupted } from '../browser-mode.ts';
import { note, print, printJson } from '../output.ts';
import { withEngine } from '../with-engine.ts';

export function addServeCommand(program: Command): void {
  program
    .command('serve')
    .description('show Foredeck in a browser on this machine')
    .option('--port <number>', 'on 127.0.0.1; a free one unless given', parsePort, 0)
    .addOption(jsonOption())
    .action(async ({ port, json }: { port: number; json: boolean }) => {
      const home = homeFromEnvironment();
      const scope = new Scope('browser mode');
      try {
        // Starts the engine where none runs; streams find it by themselves afterwards.
        await withEngine(async () => undefined);
        const host = await startBrowserMode({ home, port, scope });
        const url = host.newUrl();
        if (json) {
          printJson({ url, port: host.port, pid: process.pid, dockerSocket: pathsUnder(home).dockerSocket });
        } else {
          print(`Foredeck is at ${url}`);
          explainAddress();
          note('Ctrl-C ends browser mode; the engine and its containers go on.');
        }
        await untilInterrupted();
      } finally {
        await scope.close();
      }
    });
}
