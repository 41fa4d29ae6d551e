import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { EngineError } from '../base/engine-error.ts';
import { silentLog } from '../base/log.ts';
import { Scope } from '../base/scope.ts';
import { pathsUnder } from '../paths.ts';
import { serveEngine } from '../rpc/serve-engine.ts';
import { engineRunningExitCode } from '../run-engine.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { type ConnectEngineOptions, connectEngine, type EngineClient } from './connect-engine.ts';
import type { EngineCommand } from './launch-engine.ts';

const scriptedMain = join(import.meta.dirname, '..', 'testing', 'scripted-engine-main.ts');

function command(...args: string[]): EngineCommand {
  return { file: process.execPath, args: args.length > 0 ? args : [scriptedMain], env: process.env };
}

const enginePids = new Set<number>();

async function start(home: string, options: Partial<ConnectEngineOptions> = {}): Promise<EngineClient> {
  const client = await connectEngine({ home, startIfNone: true, command: command(), ...options });
  enginePids.add(client.info.host.enginePid);
  return client;
}

afterEach(() => {
  const left = [...enginePids].filter(isAlive);
  for (const pid of left) process.kill(pid, 'SIGKILL');
  enginePids.clear();
  expect(left).toEqual([]);
});

/** Kills the engine outright: it can do nothing about it, as in a crash. */
async function kill(client: EngineClient): Promise<void> {
  process.kill(client.info.host.enginePid, 'SIGKILL');
  await client.closed;
  await expect.poll(() => isAlive(client.info.host.enginePid)).toBe(false);
}

async function quit(client: EngineClient): Promise<void> {
  await client.calls.engine.quit();
  await client.closed;
  await expect.poll(() => isAlive(client.info.host.enginePid)).toBe(false);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('the first client starts the engine, the next ones find it', () =>
  withTempFolder(async (folder) => {
    const home = join(folder, 'home');
    const starts: string[] = [];
    const first = await start(home, { onStart: () => starts.push('first') });
    const second = await start(home, { onStart: () => starts.push('second') });
    expect(starts).toEqual(['first']);
    expect([first.started, second.started]).toEqual([true, false]);
    expect(second.info.host.enginePid).toBe(first.info.host.enginePid);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    await second.close();
    await quit(first);
    await expect(stat(pathsUnder(home).engineSocket)).rejects.toThrow('ENOENT');
  }));

test('clients that start engines at the same time end up at one engine', () =>
  withTempFolder(async (home) => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => start(home)));
    const pids = new Set(clients.map((client) => client.info.host.enginePid));
    expect(pids.size).toBe(1);
    expect(clients.filter((client) => client.started)).toHaveLength(1);
    const [first, ...others] = clients;
    await Promise.all(others.map((client) => client.close()));
    if (first) await quit(first);
  }));

test('an engine that starts too slowly to be the one is ended, not left to take the home later', () =>
  withTempFolder(async (home) => {
    const pidFile = join(home, 'slow.pid');
    const program = `require('node:fs').writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1_000);`;
    const waiting = start(home, { command: command('-e', program) });
    await expect.poll(() => readFile(pidFile, 'utf8').catch(() => '')).toMatch(/\d/);
    const slowPid = Number(await readFile(pidFile, 'utf8'));
    enginePids.add(slowPid);
    const first = await start(home);
    const second = await waiting;
    expect(second.info.host.enginePid).toBe(first.info.host.enginePid);
    expect(isAlive(slowPid)).toBe(false);
    await second.close();
    await quit(first);
  }));

test('what a killed engine leaves behind does not keep the next one from starting', () =>
  withTempFolder(async (home) => {
    const killed = await start(home);
    await kill(killed);
    expect((await stat(pathsUnder(home).engineSocket)).isSocket()).toBe(true);
    await expect(killed.calls.engine.info()).rejects.toMatchObject({ code: 'engine_unreachable' });
    const next = await start(home);
    expect(next.info.host.enginePid).not.toBe(killed.info.host.enginePid);
    await quit(next);
  }));

test('a second engine process leaves the first alone', () =>
  withTempFolder(async (home) => {
    const client = await start(home);
    const second = spawn(process.execPath, [scriptedMain], {
      env: { ...process.env, FOREDECK_HOME: home },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    second.stderr.on('data', (data) => {
      said += data;
    });
    const [code] = await once(second, 'close');
    expect(code).toBe(engineRunningExitCode);
    expect(said).toContain('engine_running');
    expect((await client.calls.engine.info()).host.enginePid).toBe(client.info.host.enginePid);
    await quit(client);
  }));

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends the engine in order`, () =>
    withTempFolder(async (home) => {
      const client = await start(home);
      process.kill(client.info.host.enginePid, 'SIGHUP');
      process.kill(client.info.host.enginePid, signal);
      await client.closed;
      await expect.poll(() => isAlive(client.info.host.enginePid)).toBe(false);
      const log = await readFile(pathsUnder(home).engineLog, 'utf8');
      expect(log).toContain('SIGHUP ignored');
      expect(log).toContain('engine ended');
      await expect(stat(pathsUnder(home).engineSocket)).rejects.toThrow('ENOENT');
    }));
}

test('an engine that dies while starting is explained by what it wrote', () =>
  withTempFolder(async (home) => {
    await writeFile(pathsUnder(home).engineLog, 'from an earlier run\n');
    const broken = command('-e', 'console.error("cannot find the thing"); process.exit(7)');
    const thrown = await start(home, { command: broken }).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'engine_unreachable', details: { log: 'cannot find the thing' } });
    expect(thrown.message).toContain('exit status 7');
  }));

test('an engine that cannot be spawned is an error too', () =>
  withTempFolder(async (home) => {
    const missing = { ...command(), file: join(home, 'no-node') };
    const thrown = await start(home, { command: missing }).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'engine_unreachable' });
    expect(thrown.message).toContain('ENOENT');
  }));

test('an EngineError that kept the engine from starting arrives whole', () =>
  withTempFolder(async (home) => {
    await mkdir(pathsUnder(home).engineLock);
    const thrown = await start(home).catch((error) => error);
    expect(thrown).toBeInstanceOf(EngineError);
    expect(thrown).toMatchObject({ code: 'home_unusable' });
    expect(thrown.message).toContain(pathsUnder(home).engineLock);
  }));

test('an engine of another protocol is refused, but can be asked to quit', () =>
  withTempFolder(async (home) => {
    const scope = new Scope('test');
    const engine = new ScriptedEngine(pathsUnder(home));
    engine.protocol += 1;
    await serveEngine({ socketPath: pathsUnder(home).engineSocket, api: engine, log: silentLog, scope });
    const thrown = await start(home).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'engine_outdated' });
    expect(thrown.hint).toContain('foredeck quit');
    const client = await connectEngine({ home, startIfNone: false, anyProtocol: true });
    await client.calls.engine.quit();
    await client.close();
    await scope.close();
  }));

test('a home which is a file, or below one, is refused', () =>
  withTempFolder(async (folder) => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    for (const home of [file, join(file, 'below')]) {
      await expect(start(home)).rejects.toMatchObject({
        code: 'home_unusable',
        message: `FOREDECK_HOME "${home}" cannot be used: it, or a part of its path, is not a folder.`,
      });
    }
  }));

test('a home too long for a socket is refused before anything is made', async () => {
  await expect(start(`/tmp/${'x'.repeat(100)}`)).rejects.toMatchObject({ code: 'home_unusable' });
});

test('a home which others can read is closed to them', () =>
  withTempFolder(async (home) => {
    await chmod(home, 0o755);
    const client = await start(home);
    expect((await stat(home)).mode & 0o777).toBe(0o700);
    await quit(client);
  }));

test('a log that has grown large is set aside', () =>
  withTempFolder(async (home) => {
    const { engineLog } = pathsUnder(home);
    await writeFile(engineLog, Buffer.alloc(5 * 1024 * 1024 + 1, 'x'));
    const client = await start(home);
    expect((await stat(`${engineLog}.1`)).size).toBe(5 * 1024 * 1024 + 1);
    expect(await readFile(engineLog, 'utf8')).toContain('engine starts');
    await quit(client);
  }));
