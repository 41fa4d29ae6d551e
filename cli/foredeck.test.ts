/// <reference path="../engine/terminal/node-pty.d.ts" />
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type IPty, spawn as spawnPty } from 'node-pty';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';
import { withTempFolder } from '../engine/testing/temp-folder.ts';

/* The command line as a person runs it, against a real engine process around a scripted engine. */

const root = join(import.meta.dirname, '..');
const launcher = join(root, 'bin', 'foredeck');

let home: string;
let engine: EngineClient;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fd-'));
  engine = await connectEngine({
    home,
    startIfNone: true,
    command: {
      file: process.execPath,
      args: [join(root, 'engine', 'testing', 'scripted-engine-main.ts')],
      env: process.env,
    },
  });
});

afterAll(async () => {
  await engine.calls.engine.quit();
  await engine.closed;
  await rm(home, { recursive: true, force: true });
});

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(launcher, args, {
    env: { ...process.env, FOREDECK_HOME: home, ...env },
    stdio: 'pipe',
  });
}

async function foredeck(
  args: readonly string[],
  options: { input?: string; home?: string } = {},
): Promise<Outcome> {
  const child = launch(args, options.home === undefined ? {} : { FOREDECK_HOME: options.home });
  const { stdin, stdout, stderr } = child;
  if (!stdin || !stdout || !stderr) throw new Error('no pipes');
  stdin.on('error', () => undefined);
  stdin.end(options.input ?? '');
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(stdout), text(stderr), exit]);
  return { code, stdout: out, stderr: err };
}

test('start shows the image being composed and every stage, and says where Docker is', async () => {
  const { code, stdout, stderr } = await foredeck(['start']);
  expect(code).toBe(0);
  expect(stderr).toContain('Guest image debian-13 for amd64');
  expect(stderr).toContain('downloading packages: 5.0 MB of 10.0 MB, 2.5 MB/s');
  expect(stderr).toMatch(/0\.7 s dockerd/);
  expect(stdout).toContain(join(home, 'docker.sock'));
});

test('--json prints the record and nothing else on standard output', async () => {
  const started = await foredeck(['start', '--json']);
  expect(JSON.parse(started.stdout)).toMatchObject({ name: 'service', state: 'running' });
  const status = await foredeck(['status', '--json']);
  expect(JSON.parse(status.stdout)).toMatchObject({
    engine: { pid: engine.info.host.enginePid },
    host: { home },
    vms: [{ name: 'service', state: 'running' }],
  });
  const suspended = await foredeck(['stop', '--json']);
  expect(JSON.parse(suspended.stdout)).toMatchObject({ state: 'suspended', savedState: { problem: null } });
  const stopped = await foredeck(['stop', '--shut-down', '--json']);
  expect(JSON.parse(stopped.stdout)).toMatchObject({ state: 'stopped', savedState: null });
  const containers = await foredeck(['ps', '--json']);
  expect(JSON.parse(containers.stdout)).toEqual([]);
});

test.each([
  [['frobnicate'], "unknown command 'frobnicate'"],
  [['start', '--frob'], "unknown option '--frob'"],
  [['start', '--vm', 'No'], 'A VM name is'],
  [['emulate', 'sparc', 'on'], 'Known are amd64'],
  [['emulate', 'aarch64', 'on'], 'Say arm64.'],
  [['emulate', 'arm64', 'maybe'], 'It is on, off, test or use.'],
  [['emulate', 'arm64', 'use'], 'say which version'],
  [['emulate', 'arm64', 'on', '11.1'], 'takes no "11.1"'],
  [['emulate', 'all', 'test'], 'say what to do with all'],
  [['emulate', 'arm64'], 'say what to do with arm64'],
  [['emulate'], "missing required argument 'arch'"],
  [['image', 'build'], "required option '--arch"],
  [['image', 'build', '--arch', 'riscv64'], 'amd64 and arm64'],
  [['image'], 'name what to do'],
  [['serve', '--port', '70000'], 'A port is'],
  [['status', 'extra'], 'too many arguments'],
  [[], 'name a command'],
])('wrong usage %j: exit 2, one line', async (args, complaint) => {
  const { code, stdout, stderr } = await foredeck(args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(complaint);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('a failed operation: exit 1, message and hint', async () => {
  const { code, stdout, stderr } = await foredeck(['stop', '--vm', 'ghost']);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(stderr).toBe('foredeck: There is no VM "ghost".\nVMs here: service.\n');
});

test('a failed operation with --json: its error is the document', async () => {
  const { code, stdout } = await foredeck(['emulate', 's390x', 'on', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: 'emulator_failed', hint: 'Try another emulator version.' },
  });
});

test('a defect in the engine is told without a stack', async () => {
  const { code, stderr } = await foredeck(['image', 'build', '--arch', 'amd64']);
  expect(code).toBe(1);
  expect(stderr).toContain('No mirror answers.');
  expect(stderr).not.toContain('    at ');
});

test('an interrupt cancels the work in the engine and is exit 130', async () => {
  const child = launch(['image', 'build', '--arch', 'arm64']);
  const { stderr } = child;
  if (!stderr) throw new Error('no pipe');
  let said = '';
  stderr.on('data', (data) => {
    said += data;
    if (String(data).includes('waiting')) child.kill('SIGINT');
  });
  expect(await new Promise((resolve) => child.once('close', resolve))).toBe(130);
  expect(said).toContain('Cancelling.');
  const { jobs } = JSON.parse((await foredeck(['status', '--json'])).stdout);
  expect(jobs).toContainEqual(expect.objectContaining({ phase: 'waiting', state: 'cancelled' }));
});

test('emulate switches, tests and lists; a failed test is exit 1', async () => {
  const failed = await foredeck(['emulate', 'arm64', 'test']);
  expect(failed).toMatchObject({ code: 1, stderr: '' });
  expect(failed.stdout).toContain('failed  run: exec format error');
  expect((await foredeck(['emulate', 'arm64', 'on'])).stdout).toContain(
    'arm64 is on: qemu-aarch64 10.0.6 (POCF)',
  );
  expect((await foredeck(['emulate', 'arm64', 'test'])).code).toBe(0);
  const list = await foredeck(['emulate', 'list', '--json']);
  expect(JSON.parse(list.stdout)).toContainEqual(expect.objectContaining({ arch: 'arm64', state: 'on' }));
  const off = await foredeck(['emulate', 'arm64', 'off']);
  expect(off.stdout).toBe('arm64 is off.\n');
  expect(off.stderr).toContain('web (QEMU 10.0.6)\n  71  nginx evil [2J\n');
});

test('emulate off asks on a terminal, and not with --yes', async () => {
  await foredeck(['emulate', 'arm64', 'on']);
  const onTerminal = (args: readonly string[]) => {
    const env = { ...process.env, FOREDECK_HOME: home } as Record<string, string>;
    const pty = spawnPty(launcher, ['emulate', 'arm64', 'off', ...args], { cwd: root, env });
    const exited = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
    return { pty, screen: screenOf(pty), exited };
  };
  const refused = onTerminal([]);
  await refused.screen.until('Switch arm64 off? [y/N]');
  refused.pty.write('n\r');
  await refused.screen.until('arm64 is left as it is.');
  expect(await refused.exited).toBe(1);
  const unasked = onTerminal(['--yes']);
  await unasked.screen.until('arm64 is off.');
  expect(await unasked.exited).toBe(0);
});

test('shell passes input, both outputs and the exit status', async () => {
  const outcome = await foredeck(['shell', '--', 'sh', '-c', 'tr a-z A-Z; echo oops >&2; exit 42'], {
    input: 'quiet words\n',
  });
  expect(outcome).toEqual({ code: 42, stdout: 'QUIET WORDS\n', stderr: 'oops\n' });
});

test('shell leaves the options of the command alone', async () => {
  expect((await foredeck(['shell', 'sh', '-c', 'echo "$0 $1"', '--json', '--vm'])).stdout).toBe(
    '--json --vm\n',
  );
});

test('shell without a command reads one from standard input', async () => {
  const outcome = await foredeck(['shell'], { input: 'echo from the shell; exit 3\n' });
  expect(outcome).toMatchObject({ code: 3, stdout: 'from the shell\n' });
});

test('shell ends when the command does, also when its input stays open', async () => {
  const child = launch(['shell', '--', 'true']);
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0);
});

test('shell moves much data both ways unharmed', async () => {
  const input = 'x'.repeat(20_000_000);
  const { stdout, code } = await foredeck(['shell', '--', 'cat'], { input });
  expect(code).toBe(0);
  expect(stdout === input).toBe(true);
});

test('shell on a terminal: raw keys, size, repaint, exit status', async () => {
  const pty = spawnPty(launcher, ['shell'], {
    cols: 90,
    rows: 33,
    cwd: root,
    env: { ...process.env, FOREDECK_HOME: home } as Record<string, string>,
  });
  const screen = screenOf(pty);
  const exited = new Promise<number>((resolve) => pty.onExit(({ exitCode }) => resolve(exitCode)));
  await screen.until('screen of shell');
  pty.resize(100, 40);
  await screen.until('size 100x40');
  pty.write('\u0003');
  await screen.until('\u0003');
  pty.write('exit 9\r');
  expect(await exited).toBe(9);
});

/** What a terminal has shown so far. */
function screenOf(pty: IPty): { until(expected: string): Promise<void> } {
  let shown = '';
  pty.onData((data) => {
    shown += data;
  });
  return { until: (expected) => expect.poll(() => shown, { timeout: 10_000 }).toContain(expected) };
}

test('logs are stripped of control bytes', async () => {
  const { stdout } = await foredeck(['logs']);
  expect(stdout).toBe('[    0.000000] Linux version 6.12\nevil  ]52;c;aGk=  line\n');
  expect((await foredeck(['logs', '-n', '1'])).stdout).not.toContain('Linux');
});

test('a reader that has seen enough ends the command', async () => {
  const child = launch(['shell', '--', 'yes']);
  child.stdout?.once('data', () => child.stdout?.destroy());
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(141);
});

test('serve shows the page at an address that works once, until it is interrupted', async () => {
  const child = launch(['serve', '--json']);
  const { stdout } = child;
  if (!stdout) throw new Error('no pipe');
  const exited = new Promise((resolve) => child.once('exit', resolve));
  let printed = '';
  stdout.on('data', (data) => {
    printed += data;
  });
  await expect.poll(() => printed, { timeout: 50_000 }).toContain('}\n');
  const { url, port, dockerSocket } = JSON.parse(printed);
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/#token=[\\w-]{43}$`));
  expect(dockerSocket).toBe(join(home, 'docker.sock'));
  expect(await (await fetch(url)).text()).toContain('<div id="root">');
  child.kill('SIGINT');
  expect(await exited).toBe(0);
  await expect(fetch(url)).rejects.toThrow();
}, 60_000);

test('without an engine: status and quit say so and start none; env needs none', () =>
  withTempFolder(async (folder) => {
    const elsewhere = { home: join(folder, "it's here") };
    expect(await foredeck(['status'], elsewhere)).toEqual({ code: 0, stdout: 'not running\n', stderr: '' });
    expect(JSON.parse((await foredeck(['status', '--json'], elsewhere)).stdout)).toMatchObject({
      engine: null,
    });
    expect((await foredeck(['quit'], elsewhere)).stdout).toBe('not running\n');
    expect((await foredeck(['stop'], elsewhere)).stdout).toBe('not running\n');
    const { stdout } = await foredeck(['env'], elsewhere);
    const shell = spawn('sh', ['-c', `${stdout}\nprintf %s "$DOCKER_HOST"`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(await text(shell.stdout)).toBe(`unix://${elsewhere.home}/docker.sock`);
  }));

test('a home too long for sockets is a failed operation', async () => {
  const outcome = await foredeck(['status'], { home: `/tmp/${'x'.repeat(120)}` });
  expect(outcome.code).toBe(1);
  expect(outcome.stderr).toContain('Set FOREDECK_HOME to a shorter path.');
});

test('the launcher works through a chain of links from any folder', () =>
  withTempFolder(async (folder) => {
    await symlink(launcher, join(folder, 'first'));
    await symlink('first', join(folder, 'second'));
    const child = spawn(join(folder, 'second'), ['--version'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    expect(await text(child.stdout)).toMatch(/^\d+\.\d+\.\d+\n$/);
  }));

test('help names every command', async () => {
  const { code, stdout } = await foredeck(['--help']);
  expect(code).toBe(0);
  for (const command of [
    'start',
    'stop',
    'restart',
    'status',
    'stats',
    'disk',
    'quit',
    'emulate',
    'ps',
    'tree',
    'shell',
    'env',
    'image',
    'logs',
    'serve',
  ]) {
    expect(stdout).toContain(`\n  ${command} `);
  }
});

test('doctor tells verdict, evidence and numbered fixes, and ends with 1', async () => {
  const { code, stdout } = await foredeck(['doctor', 'web']);
  expect(code).toBe(1);
  expect(stdout).toContain('web: The program uses instructions of a newer processor');
  expect(stdout).toContain('qemu:  [2Jillegal instruction');
  expect(stdout).toContain('1. Run again with every instruction (worked before)  [cpu-max]');
  expect(stdout).toContain('There are no such VMs here.');
  expect(stdout).toContain('https://example.org/why');
  const well = await foredeck(['doctor', 'other']);
  expect(well).toMatchObject({ code: 0, stdout: expect.stringContaining('nothing known to be wrong') });
  const json = await foredeck(['doctor', 'web', '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({ diagnosis: { rule: 'processor-chosen' } });
});

test('doctor reports every handler when no container is named', async () => {
  const { code, stdout } = await foredeck(['doctor']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^arm64 +\w+/m);
});

test('doctor asks what becomes of data, and applies nothing without --yes', async () => {
  const fix = ['doctor', 'web', '--fix'];
  expect(await foredeck([...fix, 'cpu-max', '--yes'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--fresh starts from the image'),
  });
  expect(await foredeck([...fix, 'cpu-max', '--keep'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Sets QEMU_CPU=max. Add --yes'),
  });
  expect(await foredeck([...fix, 'cpu-max', '--keep', '--fresh', '--yes'])).toMatchObject({ code: 2 });
  expect(await foredeck([...fix, 'cpu-max', '--fresh', '--yes'])).toMatchObject({
    code: 0,
    stdout: 'cpu-max of web, fresh\n',
  });
  expect(await foredeck([...fix, 'switch-on', '--yes'])).toMatchObject({
    code: 0,
    stdout: 'switch-on of web, keep\n',
  });
  expect(await foredeck([...fix, 'made-up', '--yes'])).toMatchObject({ code: 1 });
});

test('doctor exports and forgets the fixes that worked', async () => {
  expect((await foredeck(['doctor', '--remembered'])).stdout).toContain('demo:1');
  expect(JSON.parse((await foredeck(['doctor', '--remembered', '--json'])).stdout)).toHaveLength(1);
  expect((await foredeck(['doctor', '--forget', 'demo:1'])).stdout).toBe('No fix is remembered.\n');
});
