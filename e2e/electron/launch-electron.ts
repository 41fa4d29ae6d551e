import { join, resolve } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright';
import type { ElectronModule, LaunchOptions, Shell } from './shell.ts';

const root = resolve(import.meta.dirname, '..', '..');
const builtMain = join(root, 'out', 'main', 'main.js');

/** Starts the built main in the real Electron at `binary`. */
export async function launchElectron(
  binary: string,
  { home, env, args = [] }: LaunchOptions,
): Promise<Shell> {
  const application = await _electron.launch({
    executablePath: binary,
    // Root may not use Chromium's sandbox, on machines which run tests as root.
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), builtMain, ...args],
    cwd: root,
    env: { ...definedOnly(process.env), XDG_CONFIG_HOME: home, ...env, FOREDECK_HOME: home },
  });
  return shellOf(application);
}

function shellOf(application: ElectronApplication): Shell {
  const child = application.process();
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (text: Buffer) => {
      output += text;
    });
  }
  const exited = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
  return {
    firstWindow: () => application.firstWindow(),
    windows: () => application.windows(),
    evaluate: <Result, Argument>(
      work: (electron: ElectronModule, argument: Argument) => Result | Promise<Result>,
      argument: Argument,
    ) => application.evaluate(work as never, argument) as Promise<Result>,
    output: () => output,
    pid: child.pid ?? 0,
    exited,
    dispose: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
      await exited;
    },
  };
}

function definedOnly(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
