import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa, type Options } from 'execa';
import { connectEngine, type EngineClient, findEngine } from '../../engine/client/connect-engine.ts';
import { keepSeed, plantSeed } from './seed.ts';

const clone = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** What a command did: its exit code (null when a signal ended it) and its output. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A home of its own for real-VM specs, used as a person would use it: through `bin/foredeck` and the host's Docker
 * CLI. `dispose` quits the engine, stops the VM and removes the folder.
 */
export class RealHome {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** With the packages and guest image of an earlier home of this run, unless it is to be `empty`. */
  static async make({ empty = false }: { empty?: boolean } = {}): Promise<RealHome> {
    const home = new RealHome(await mkdtemp(join(tmpdir(), 'fd-e2e-')));
    if (!empty) await plantSeed(home.path);
    await writeFile(join(home.path, 'settings.json'), JSON.stringify({ autoStart: false, diskGiB: 16 }));
    return home;
  }

  /** Its own Docker configuration, and a PATH without the host's Docker CLI: the specs use what Foredeck installs. */
  get environment(): Record<string, string> {
    return {
      FOREDECK_HOME: this.path,
      DOCKER_CONFIG: join(this.path, 'docker-config'),
      PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    };
  }

  get socket(): string {
    return join(this.path, 'docker.sock');
  }

  /** Runs `bin/foredeck`; a failing exit is an outcome, not an error. */
  async foredeck(args: readonly string[], options: Pick<Options, 'input'> = {}): Promise<Outcome> {
    return outcome(
      await execa(join(clone, 'bin', 'foredeck'), args, {
        ...options,
        env: this.environment,
        reject: false,
        stripFinalNewline: false,
      }),
    );
  }

  /** Runs `bin/foredeck ... --json` and parses what it printed; throws with everything it said when it failed. */
  async foredeckJson<T>(...args: string[]): Promise<T> {
    const { code, stdout, stderr } = await this.foredeck([...args, '--json']);
    if (code !== 0) throw new Error(`foredeck ${args.join(' ')} exited ${code}: ${stderr}${stdout}`);
    return JSON.parse(stdout) as T;
  }

  /** Runs the Docker CLI which Foredeck unpacked from Debian, against the exposed socket. */
  async docker(args: readonly string[], options: Pick<Options, 'input' | 'cwd'> = {}): Promise<Outcome> {
    return outcome(
      await execa(await this.dockerBinary(), args, {
        ...options,
        env: { ...this.environment, DOCKER_HOST: `unix://${this.socket}` },
        reject: false,
        stripFinalNewline: false,
      }),
    );
  }

  /** Like `docker`, throwing with everything it said when it failed; answers its standard output, trimmed. */
  async dockerOk(args: readonly string[], options: Pick<Options, 'input' | 'cwd'> = {}): Promise<string> {
    const { code, stdout, stderr } = await this.docker(args, options);
    if (code !== 0) throw new Error(`docker ${args.join(' ')} exited ${code}: ${stderr}${stdout}`);
    return stdout.trim();
  }

  /** A file of the service VM, through `foredeck shell`. Empty while there is none. */
  async readGuestFile(path: string): Promise<string> {
    return (await this.foredeck(['shell', '--', 'cat', path])).stdout;
  }

  async dockerBinary(): Promise<string> {
    const status = await this.foredeckJson<{ host: { dockerCli: { path: string | null } } }>('status');
    if (!status.host.dockerCli.path) throw new Error('status reports no Docker CLI');
    return status.host.dockerCli.path;
  }

  /** Starts browser mode and answers the address it prints; `stop` ends it as Ctrl-C does. */
  async serve(): Promise<{ url: string; stop(): Promise<void> }> {
    const serving = execa(join(clone, 'bin', 'foredeck'), ['serve', '--json'], {
      env: this.environment,
      reject: false,
    });
    const url = await new Promise<string>((resolve, reject) => {
      let printed = '';
      serving.stdout.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
        if (printed.trimEnd().endsWith('}')) resolve((JSON.parse(printed) as { url: string }).url);
      });
      void serving.then((ended) => reject(new Error(`foredeck serve ended: ${ended.stderr}`)));
    });
    return {
      url,
      stop: async () => {
        serving.kill('SIGINT');
        await serving;
      },
    };
  }

  /** A client of this home's engine, started if none runs. */
  async connect(): Promise<EngineClient> {
    const running = await findEngine({ home: this.path });
    if (running) return running;
    await this.foredeckJson('emulate', 'list');
    return await connectEngine({ home: this.path, startIfNone: false });
  }

  /** What the engine and the guest said last: for the message of an expectation that fails. */
  async lastWords(): Promise<string> {
    const read = (path: string): Promise<string> =>
      readFile(join(this.path, path), 'utf8').catch((thrown) => `(${String(thrown)})`);
    const [status, console, qemu, log] = await Promise.all([
      this.foredeck(['status', '--json']),
      read('vms/service/console.log'),
      read('vms/service/qemu.log'),
      read('engine.log'),
    ]);
    const lines = (text: string, count: number): string =>
      text.trimEnd().split('\n').slice(-count).join('\n');
    return [
      status.stdout,
      `console:\n${lines(console, 80)}`,
      `QEMU:\n${lines(qemu, 20)}`,
      `engine:\n${lines(log, 40)}`,
    ].join('\n');
  }

  /** Processes which have this home in their environment or command line: what it left behind. */
  async processesLeft(): Promise<string[]> {
    const found: string[] = [];
    for (const pid of await readdir('/proc')) {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
      const [command = '', environment = ''] = await Promise.all(
        ['cmdline', 'environ'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')),
      );
      if (command.includes(this.path) || environment.includes(this.path)) {
        found.push(`${pid} ${command.replaceAll('\0', ' ')}`);
      }
    }
    return found;
  }

  async dispose(): Promise<void> {
    await this.foredeck(['quit']);
    await keepSeed(this.path);
    await rm(this.path, { recursive: true, force: true });
  }
}

/** Sends SIGKILL to exactly this process. */
export function kill(pid: number | null | undefined): void {
  if (!pid || pid <= 1) throw new Error(`there is no process ${pid} to kill`);
  process.kill(pid, 'SIGKILL');
}

/** Whether a process with this pid exists. */
export function isAlive(pid: number | null | undefined): boolean {
  if (!pid) throw new Error('there is no pid to look at');
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function outcome(result: { exitCode?: number; stdout?: unknown; stderr?: unknown }): Outcome {
  return {
    code: result.exitCode ?? null,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
  };
}
