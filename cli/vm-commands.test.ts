import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';

/* Suspend, shut down, discard, figures and disk as a person types them, against a scripted engine's process. */

const root = join(import.meta.dirname, '..');

let home: string;
let engine: EngineClient;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fd-'));
  engine = await connectScripted();
});

beforeEach(async () => {
  await engine.calls.vm.stop({ vm: 'service', by: 'shut-down' });
  await engine.calls.settings.set({ stopBy: 'suspend', cpus: null, memoryMiB: null });
});

afterAll(async () => {
  await engine.calls.engine.quit();
  await engine.closed;
  await rm(home, { recursive: true, force: true });
});

/** Connects to the home's engine, begun when there is none. */
async function connectScripted(): Promise<EngineClient> {
  const main = join(root, 'engine', 'testing', 'scripted-engine-main.ts');
  const command = { file: process.execPath, args: [main], env: process.env };
  return await connectEngine({ home, startIfNone: true, command });
}

function launch(...args: readonly string[]): ChildProcess {
  return spawn(join(root, 'bin', 'foredeck'), args, {
    env: { ...process.env, FOREDECK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function foredeck(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = launch(...args);
  if (!child.stdout || !child.stderr) throw new Error('no pipes');
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}

const start = () => engine.calls.vm.start({ vm: 'service' });

test('stop follows the setting, and an option says otherwise', async () => {
  await start();
  const suspended = await foredeck('stop');
  expect(suspended).toMatchObject({
    code: 0,
    stdout: 'VM service is suspended; its memory takes 300.0 MB on disk. "foredeck start" resumes it.\n',
    stderr: 'VM service: suspending\nVM service: suspended\n',
  });
  await start();
  expect((await foredeck('stop', '--shut-down')).stdout).toBe('VM service is stopped.\n');
  await engine.calls.settings.set({ stopBy: 'shut-down' });
  await start();
  expect(JSON.parse((await foredeck('stop', '--json')).stdout)).toMatchObject({ state: 'stopped' });
  await start();
  expect(JSON.parse((await foredeck('stop', '--suspend', '--json')).stdout)).toMatchObject({
    state: 'suspended',
    savedState: { bytes: 300_000_000, problem: null },
  });
});

test('a degraded VM is shut down where suspending is usual, and that is said', async () => {
  await start();
  await engine.calls.settings.set({ memoryMiB: 666 });
  expect(await foredeck('stop')).toMatchObject({
    code: 0,
    stdout: 'VM service is stopped.\n',
    stderr: expect.stringContaining('only one that is well can be suspended: it was shut down.'),
  });
});

test.each([
  [['stop', '--suspend', '--shut-down'], 'cannot be used with'],
  [['disk', 'grow'], "missing required argument 'gib'"],
  [['disk', 'grow', '3'], 'A size is a whole number of GiB from 4 to 16384.'],
  [['disk', 'grow', '64GiB'], 'A size is a whole number'],
  [['disk'], 'name what to do'],
])('wrong usage %j: exit 2, one line', async (args, complaint) => {
  const { code, stdout, stderr } = await foredeck(...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(complaint);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

test('status tells since when it is suspended, how large that is, and both ways on from a problem', async () => {
  await start();
  await foredeck('stop');
  expect((await foredeck('status')).stdout).toMatch(
    /^suspended {2}since \d{4}-\S+Z, its memory takes 300\.0 MB on disk$/m,
  );
  await engine.calls.settings.set({ cpus: 7 });
  const { stdout } = await foredeck('status');
  expect(stdout).toContain('problem    Cannot resume VM "service": it was suspended with 2 processors.');
  expect(stdout).toContain('foredeck start --discard-state');
});

test('a saved state that does not fit is refused; --discard-state says what it threw away', async () => {
  await start();
  await foredeck('stop');
  await engine.calls.settings.set({ cpus: 7 });
  const refused = await foredeck('start');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'foredeck: Cannot resume VM "service": it was suspended with 2 processors.',
  );
  expect(refused.stderr).toContain('foredeck start --discard-state');
  const asJson = await foredeck('start', '--json');
  expect(JSON.parse(asJson.stdout)).toMatchObject({ error: { code: 'saved_state_unusable' } });
  const started = await foredeck('start', '--discard-state');
  expect(started.code).toBe(0);
  expect(started.stdout).toMatch(/^The memory saved at \S+Z \(300\.0 MB\) was thrown away/);
  expect(started.stdout).toContain('VM service is running');
});

test('--discard-state without anything saved says nothing of it', async () => {
  const { code, stdout } = await foredeck('start', '--discard-state');
  expect(code).toBe(0);
  expect(stdout).not.toContain('thrown away');
});

test('quit says what became of each VM', async () => {
  await start();
  const { code, stdout, stderr } = await foredeck('quit');
  expect(code).toBe(0);
  expect(stderr).toContain('VM service: suspending\n');
  expect(stdout).toBe(
    'VM service is suspended; its memory takes 300.0 MB on disk. "foredeck start" resumes it.\n' +
      'The engine has ended.\n',
  );
  engine = await connectScripted();
  expect((await foredeck('quit')).stdout).toBe('VM service was stopped already.\nThe engine has ended.\n');
  engine = await connectScripted();
  expect(JSON.parse((await foredeck('quit', '--json')).stdout)).toEqual({
    engine: null,
    wasRunning: true,
    vms: [{ name: 'service', state: 'stopped' }],
  });
  engine = await connectScripted();
});

test('stats measures once, the processor too', async () => {
  await start();
  expect((await foredeck('stats')).stdout).toBe(
    'memory     419.4 MB used and 314.6 MB file cache of 2.1 GB in the VM; 943.7 MB on this computer\n' +
      'processor  25 % of one core\n' +
      'disk       2.1 GB used of 68.7 GB in the VM; 3.2 GB on this computer\n',
  );
  const { stdout } = await foredeck('stats', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ cpuShare: 0.25, disk: { hostBytes: 3 * 1024 ** 3 } });
});

test('stats --watch prints a line each until interrupted', async () => {
  await start();
  const child = launch('stats', '--watch');
  if (!child.stdout) throw new Error('no pipe');
  const lines: string[] = [];
  const exited = new Promise((resolve) => child.once('exit', (code) => resolve(code)));
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (lines.length === 2) child.kill('SIGINT');
  }
  expect(lines[0]).toMatch(/^TIME +CPU +USED +CACHE +HOST +DISK USED +DISK HOST$/);
  expect(lines[1]).toMatch(/^\d\d:\d\d:\d\d +25 % +419\.4 MB +314\.6 MB +943\.7 MB +2\.1 GB +3\.2 GB$/);
  expect(await exited).toBe(130);
});

test('stats of a VM that is off fails', async () => {
  expect(await foredeck('stats')).toMatchObject({
    code: 1,
    stdout: '',
    stderr: 'foredeck: VM "service" does not run.\n',
  });
});

test('disk reclaim tells bytes before, after and given back', async () => {
  const { stdout } = await foredeck('disk', 'reclaim');
  expect(stdout).toBe('500.0 MB given back: the disk took 3.0 GB here and takes 2.5 GB now.\n');
  expect(JSON.parse((await foredeck('disk', 'reclaim', '--json')).stdout)).toEqual({
    beforeBytes: 3_000_000_000,
    afterBytes: 2_500_000_000,
    freedBytes: 500_000_000,
  });
});

test('disk grow tells the size from now on', async () => {
  expect((await foredeck('disk', 'grow', '128')).stdout).toBe(
    'The disk of VM service holds up to 128 GiB now; it takes only what is used.\n',
  );
  expect(JSON.parse((await foredeck('disk', 'grow', '256', '--json')).stdout)).toMatchObject({
    diskBytes: 256 * 1024 ** 3,
  });
});
