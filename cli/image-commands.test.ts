import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';

/* Images, ports, runs and the lens as a person types them, against a real engine process around a scripted engine. */

const root = join(import.meta.dirname, '..');

let home: string;
let engine: EngineClient;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'fd-'));
  const main = join(root, 'engine', 'testing', 'scripted-engine-main.ts');
  const command = { file: process.execPath, args: [main], env: process.env };
  engine = await connectEngine({ home, startIfNone: true, command });
});

afterAll(async () => {
  await engine.calls.engine.quit();
  await engine.closed;
  await rm(home, { recursive: true, force: true });
});

async function foredeck(
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(join(root, 'bin', 'foredeck'), args, {
    env: { ...process.env, FOREDECK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}

test('images lists every platform, and a hostile name does nothing to the terminal', async () => {
  const { code, stdout } = await foredeck('images');
  expect(code).toBe(0);
  expect(stdout).not.toContain('\u001b');
  const rows = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
  expect(rows).toEqual([
    ['IMAGE', 'ID', 'PLATFORM', 'RUNS', 'SIZE'],
    ['demo:1, evil [2J:1', 'dddddddddddd', 'linux/amd64', 'native', '1.0 kB'],
    ['linux/arm64', 'emulated', '1.0 kB'],
    ['linux/s390x', 'off', 'not pulled'],
  ]);
});

test('platforms tells how each would run, at what price and with which risks', async () => {
  const { stdout } = await foredeck('platforms', 'demo:1', '--arch', 'arm64');
  expect(stdout).toContain('not: its emulation is off');
  expect(stdout).toContain('linux/arm64 would be started: it runs emulated.');
  expect(stdout).toContain(
    'Measured here on 2026-11-22: loops take 3.1 times as long, starting a program 18.2 ms instead of 1.0 ms.',
  );
  expect(stdout).toContain('Risk: sudo inside will fail (https://example.org/why)');
  const json = JSON.parse((await foredeck('platforms', 'demo:1', '--json')).stdout);
  expect(json).toMatchObject({ readFrom: 'vm', chosen: { platform: 'linux/arm64' } });
});

test('run says what to expect, then passes on everything, and answers with the id', async () => {
  const options = ['--arch', 'arm64', '--name', 'web', '-e', 'A=b=c', '-e', 'B=', '-p', '8080:80'];
  options.push('-v', '/home/ada:/src:ro');
  const { code, stdout, stderr } = await foredeck('run', ...options, 'demo:1', '--', 'sh', '-c', 'echo -p');
  expect(code).toBe(0);
  expect(stderr).toContain('Risk: sudo inside will fail');
  expect(JSON.parse(stdout)).toEqual({
    image: 'demo:1',
    arch: 'arm64',
    name: 'web',
    command: ['sh', '-c', 'echo -p'],
    env: { A: 'b=c', B: '' },
    ports: [{ hostPort: 8_080, containerPort: 80 }],
    binds: [{ hostPath: '/home/ada', containerPath: '/src', readOnly: true }],
  });
});

test('run takes its options behind the image, too', async () => {
  const { stdout } = await foredeck('run', 'demo:1', '--name', 'web', '--', 'uname', '-a');
  expect(JSON.parse(stdout)).toMatchObject({ name: 'web', command: ['uname', '-a'] });
});

test('wrong variables and ports are refused in a line', async () => {
  for (const wrong of [
    ['-e', 'novalue'],
    ['-p', '80'],
    ['-v', '/home/ada'],
    ['-p', '0:80'],
    ['-p', '1:2:3'],
  ]) {
    const { code, stderr } = await foredeck('run', ...wrong, 'demo:1');
    expect(code).toBe(2);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  }
});

test('pull and import print what there is now; import makes the path absolute', async () => {
  expect((await foredeck('pull', 'demo:1', '--arch', 'arm64')).stdout).toContain('linux/arm64');
  expect((await foredeck('pull', 'demo:1')).code).toBe(2);
  expect((await foredeck('import', 'root.tar', 'demo:1', '--arch', 'arm64')).code).toBe(0);
  const refused = await foredeck('import', 'root.zip', 'demo:1', '--arch', 'arm64');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`"${join(process.cwd(), 'root.zip')}" is no tar archive.`);
});

test('lens prints a short list with advice, and the report as JSON', async () => {
  const { code, stdout, stderr } = await foredeck('lens', 'web');
  expect(code).toBe(0);
  expect(stdout).toMatch(/io_uring_setup +425 +2 +yes +ENOSYS 2/);
  expect(stdout).toContain('io_uring_setup: Set UV_USE_IO_URING=0.');
  expect(stderr).toContain('exited with code 7 after 1.5 s');
  const json = JSON.parse((await foredeck('lens', 'web', '--strace', '--json')).stdout);
  expect(json).toMatchObject({ mode: 'strace', state: 'exited' });
});

test('lens says why a container has none', async () => {
  const { code, stderr } = await foredeck('lens', 'native');
  expect(code).toBe(1);
  expect(stderr).toContain('Container "native" is not emulated.');
});

test('ports lists what is published, and knows what a port is', async () => {
  expect(JSON.parse((await foredeck('ports', '--json')).stdout)).toEqual([]);
  const wrong = await foredeck('ports', 'move', 'web', '53/sctp');
  expect(wrong.code).not.toBe(0);
  expect(wrong.stderr).toContain('Say a port as in 8080 or 53/udp.');
  expect((await foredeck('ports', 'move', 'web', '8080')).stderr).toContain('has no container "web"');
});
