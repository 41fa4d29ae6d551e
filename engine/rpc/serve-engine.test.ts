import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { protocolVersion } from '../../contract/procedures.ts';
import { execPath, terminalPath } from '../../contract/terminal.ts';
import { EngineError } from '../base/engine-error.ts';
import { silentLog } from '../base/log.ts';
import { Scope } from '../base/scope.ts';
import { connectEngine, type EngineClient } from '../client/connect-engine.ts';
import { openSocket } from '../client/open-socket.ts';
import { type Paths, pathsUnder } from '../paths.ts';
import { ScriptedEngine } from '../testing/scripted-engine.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import type { WebSocketRawStream } from './raw-stream.ts';
import { serveEngine } from './serve-engine.ts';

interface Served {
  readonly engine: ScriptedEngine;
  readonly paths: Paths;
  readonly client: EngineClient;
  readonly quits: string[];
}

/** Serves a scripted engine on a real socket, connects to it, and takes everything down again. */
async function served(work: (served: Served) => Promise<void>): Promise<void> {
  await withTempFolder(async (home) => {
    const paths = pathsUnder(home);
    const scope = new Scope('test');
    try {
      const engine = new ScriptedEngine(paths);
      const quits: string[] = [];
      const server = await serveEngine({
        socketPath: paths.engineSocket,
        api: engine,
        log: silentLog,
        scope,
        onQuit: () => quits.push('quit'),
      });
      const client = await connectEngine({ home, startIfNone: false });
      await work({ engine, paths, client, quits });
      await client.close();
      await expect.poll(() => server.clientCount).toBe(0);
      expect(engine.watchers).toBe(0);
    } finally {
      await scope.close();
    }
    await expect(stat(paths.engineSocket)).rejects.toThrow('ENOENT');
  });
}

function closing(stream: WebSocketRawStream): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => stream.onClose((code, reason) => resolve({ code, reason })));
}

test('the socket is for its owner only', () =>
  served(async ({ paths }) => {
    expect((await stat(paths.engineSocket)).mode & 0o777).toBe(0o600);
  }));

test('procedures answer with what the engine answers', () =>
  served(async ({ client, paths }) => {
    expect(client.info.host.home).toBe(paths.home);
    const vm = await client.calls.vm.start({ vm: 'service' });
    expect(vm.state).toBe('running');
    expect(await client.calls.settings.set({ autoStart: false })).toMatchObject({ autoStart: false });
  }));

test('an EngineError arrives whole', () =>
  served(async ({ client }) => {
    const thrown = await client.calls.vm.stop({ vm: 'ghost' }).catch((error) => error);
    expect(thrown).toBeInstanceOf(EngineError);
    expect(thrown.toWire()).toEqual({
      code: 'unknown_vm',
      message: 'There is no VM "ghost".',
      hint: 'VMs here: service.',
      details: {},
    });
  }));

test('a defect arrives as internal, without its stack', () =>
  served(async ({ client }) => {
    const thrown = await client.calls.dockerCli.install().catch((error) => error);
    expect(thrown).toMatchObject({ code: 'internal', details: {} });
    expect(JSON.stringify(thrown.toWire())).not.toContain('scripted-engine');
  }));

test('input which the contract refuses names the field', () =>
  served(async ({ client }) => {
    const thrown = await client.calls.vm.start({ vm: 'No Such' }).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'bad_input' });
    expect(thrown.message).toContain('vm: a VM name is');
  }));

test('a state stream starts with a snapshot, goes on with changes and ends with its reader', () =>
  served(async ({ client, engine }) => {
    const updates = await client.calls.state.watch();
    const first = await updates.next();
    expect(first.value).toMatchObject({ type: 'snapshot', clock: 0 });
    await client.calls.emulation.on({ vm: 'service', arch: 'arm64' });
    const second = await updates.next();
    expect(second.value).toMatchObject({ type: 'changes', clock: 1 });
    expect(engine.watchers).toBe(1);
    await updates.return?.();
    await expect.poll(() => engine.watchers).toBe(0);
  }));

test('streams end when the client is gone', () =>
  served(async ({ engine, paths }) => {
    const other = await connectEngine({ home: paths.home, startIfNone: false });
    const updates = await other.calls.state.watch();
    await updates.next();
    const samples = await other.calls.processes.watch({ vm: 'service', container: null });
    await samples.next();
    expect(engine.watchers).toBe(2);
    await other.close();
    await expect.poll(() => engine.watchers).toBe(0);
  }));

test('a command gets its standard input, and its output and exit status come back', () =>
  served(async ({ client }) => {
    const { id } = await client.calls.guest.exec({
      vm: 'service',
      argv: ['sh', '-c', 'cat; echo bad >&2; exit 3'],
    });
    const stream = await client.openStream(execPath(id));
    const output = ['', '', ''];
    let exit: unknown;
    stream.onMessage((message) => {
      if (typeof message === 'string') exit = JSON.parse(message);
      else output[message[0] ?? 0] += Buffer.from(message.subarray(1)).toString();
    });
    const input = 'x'.repeat(3_000_000);
    stream.send(Buffer.from(input));
    stream.send('{"type":"stdin-end"}');
    await closing(stream);
    expect(output[1]).toBe(input);
    expect(output[2]).toBe('bad\n');
    expect(exit).toEqual({ type: 'exit', code: 3, reason: '' });
  }));

test('a command whose input nobody reads ends with its client', () =>
  served(async ({ client, paths }) => {
    const { id } = await client.calls.guest.exec({
      vm: 'service',
      argv: ['sh', '-c', 'echo $$; exec sleep 600'],
    });
    const stream = await openSocket(paths.engineSocket, execPath(id));
    // `open` comes before the first message here: the command has only just been started.
    const pid = await new Promise<number>((resolve) =>
      stream.once('message', (data: Buffer) => resolve(Number(data.subarray(1).toString()))),
    );
    stream.send(Buffer.alloc(3_000_000));
    expect(() => process.kill(pid, 0)).not.toThrow();
    stream.terminate();
    await expect.poll(() => alive(pid), { timeout: 5_000 }).toBe(false);
  }));

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a terminal stream carries bytes and control messages', () =>
  served(async ({ client }) => {
    const { id } = await client.calls.terminal.open({ vm: 'service', argv: null, cols: 80, rows: 24 });
    const stream = await client.openStream(terminalPath(id));
    const messages: string[] = [];
    stream.onMessage((message) => void messages.push(Buffer.from(message).toString()));
    stream.send('{"type":"resize","cols":100,"rows":30}');
    stream.send(Buffer.from('exit 7\r'));
    await closing(stream);
    expect(messages).toEqual([
      'screen of shell\r\n',
      '{"type":"attached","replayed":true}',
      'size 100x30\r\n',
      'exit 7\r',
      '{"type":"exit","code":7,"reason":""}',
    ]);
  }));

test('an unknown terminal is refused with the reason', () =>
  served(async ({ client }) => {
    const stream = await client.openStream(terminalPath('00000000-0000-4000-8000-000000000000'));
    const { code, reason } = await closing(stream);
    expect(code).toBe(1011);
    expect(reason).toContain('There is no terminal');
  }));

test('only the paths of the contract are served', () =>
  served(async ({ paths }) => {
    for (const path of ['/', '/rpc/x', '/terminal/..', '/metrics']) {
      await expect(openSocket(paths.engineSocket, path)).rejects.toThrow('404');
    }
  }));

test('a defective message closes only the stream that sent it', () =>
  served(async ({ client }) => {
    const { id } = await client.calls.terminal.open({ vm: 'service', argv: null, cols: 80, rows: 24 });
    const stream = await client.openStream(terminalPath(id));
    stream.send('{"type":"resize","cols":-1}');
    await closing(stream);
    expect((await client.calls.engine.info()).protocol).toBe(protocolVersion);
  }));

test('quit is told to the process after the engine has stopped everything', () =>
  served(async ({ client, quits, engine }) => {
    await client.calls.engine.quit();
    expect(quits).toEqual(['quit']);
    expect(engine.store.state.vms.service?.state).toBe('stopped');
  }));

test('nobody there: the error says how to start one', () =>
  withTempFolder(async (home) => {
    const thrown = await connectEngine({ home: join(home, 'none'), startIfNone: false }).catch(
      (error) => error,
    );
    expect(thrown).toMatchObject({ code: 'engine_unreachable', hint: '"foredeck start" starts one.' });
  }));
