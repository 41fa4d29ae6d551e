import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { rpcPath, sessionPath } from '../contract/streams.ts';
import { hostShellPath, newHostShellPath, terminalPath } from '../contract/terminal.ts';
import { silentLog } from '../engine/base/log.ts';
import { Scope } from '../engine/base/scope.ts';
import type { EngineCalls } from '../engine/client/connect-engine.ts';
import { openRawStream } from '../engine/client/open-socket.ts';
import { type Paths, pathsUnder } from '../engine/paths.ts';
import { serveEngine } from '../engine/rpc/serve-engine.ts';
import { ScriptedEngine } from '../engine/testing/scripted-engine.ts';
import { withTempFolder } from '../engine/testing/temp-folder.ts';
import { type HostServer, serveHost } from './serve-host.ts';

interface Hosted {
  readonly host: HostServer;
  readonly origin: string;
  readonly engine: ScriptedEngine;
  readonly engineScope: Scope;
  readonly paths: Paths;
}

/** A scripted engine behind browser mode, on real sockets. */
async function hosted(work: (hosted: Hosted) => Promise<void>): Promise<void> {
  await withTempFolder(async (home) => {
    const scope = new Scope('test');
    try {
      const paths = pathsUnder(home);
      const pageFolder = join(home, 'page');
      await mkdir(join(pageFolder, 'assets'), { recursive: true });
      await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>Foredeck</title>');
      await writeFile(join(pageFolder, 'assets', 'a-1234.js'), 'export {};');
      await writeFile(join(home, 'secret.html'), 'not part of the page');
      const engine = new ScriptedEngine(paths);
      const engineScope = scope.child('engine');
      await serveEngine({ socketPath: paths.engineSocket, api: engine, log: silentLog, scope: engineScope });
      const openStream = (path: string) => openRawStream(paths.engineSocket, path);
      scope.defer(() => engine.close());
      const host = await serveHost({ port: 0, pageFolder, openStream, log: silentLog, scope });
      await work({ host, origin: `http://127.0.0.1:${host.port}`, engine, engineScope, paths });
    } finally {
      await scope.close();
    }
  });
}

function tokenOf(url: string): string {
  return new URLSearchParams(new URL(url).hash.slice(1)).get('token') ?? '';
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request with exactly these headers and this path, which fetch would both tidy up. */
function ask(
  { host }: Hosted,
  options: { path: string; method?: string; headers?: Record<string, string>; body?: string },
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        port: host.port,
        host: '127.0.0.1',
        path: options.path,
        method: options.method,
        headers: options.headers,
      },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        );
      },
    );
    request.on('error', reject);
    request.end(options.body);
  });
}

function exchange(hosted: Hosted, token: string, headers: Record<string, string> = {}): Promise<Answer> {
  return ask(hosted, {
    path: sessionPath,
    method: 'POST',
    headers: { origin: hosted.origin, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ token }),
  });
}

async function newKey(hosted: Hosted): Promise<string> {
  return JSON.parse((await exchange(hosted, tokenOf(hosted.host.newUrl()))).body).key;
}

/** Opens a stream as the page does; resolves with the socket, or with the close code when it is refused. */
async function open(hosted: Hosted, path: string, key: string): Promise<WebSocket | number> {
  const socket = new WebSocket(`ws://127.0.0.1:${hosted.host.port}${path}`, { origin: hosted.origin });
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'hello', key }));
  return await new Promise((resolve) => {
    socket.once('message', (data: Buffer) => {
      expect(JSON.parse(data.toString())).toEqual({ type: 'ready' });
      resolve(socket);
    });
    socket.once('close', resolve);
  });
}

async function opened(hosted: Hosted, path: string, key: string): Promise<WebSocket> {
  const socket = await open(hosted, path, key);
  if (typeof socket === 'number') throw new Error(`refused with ${socket}`);
  return socket;
}

test('the page comes with headers that keep foreign scripts and frames out', () =>
  hosted(async (hosted) => {
    const page = await ask(hosted, { path: '/' });
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Foredeck</title>' });
    const policy = page.headers['content-security-policy'] ?? '';
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(page.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-type': 'text/html; charset=utf-8',
    });
    const script = await ask(hosted, { path: '/assets/a-1234.js' });
    expect(script.headers['cache-control']).toContain('immutable');
  }));

test('nothing outside the page is served', () =>
  hosted(async (hosted) => {
    for (const path of [
      '/../secret.html',
      '/%2e%2e/secret.html',
      '/..%2fsecret.html',
      '/%00',
      '/assets',
      '/nothing.js',
    ]) {
      expect([path, (await ask(hosted, { path })).status]).toEqual([path, 404]);
    }
  }));

test('a name rebound to loopback is not this host', () =>
  hosted(async (hosted) => {
    const { port } = hosted.host;
    for (const host of ['evil.example', `evil.example:${port}`, '127.0.0.1', `127.0.0.1.:${port}`]) {
      expect((await ask(hosted, { path: '/', headers: { host } })).status).toBe(421);
    }
    expect((await ask(hosted, { path: '/', headers: { host: `localhost:${port}` } })).status).toBe(200);
  }));

test('a token is exchanged once, by the page itself only', () =>
  hosted(async (hosted) => {
    const token = tokenOf(hosted.host.newUrl());
    expect((await exchange(hosted, token, { origin: 'http://127.0.0.1:1' })).status).toBe(403);
    expect((await exchange(hosted, token, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await ask(hosted, { path: sessionPath, method: 'POST', body: '{}' })).status).toBe(403);
    expect((await ask(hosted, { path: sessionPath })).status).toBe(405);
    const first = await exchange(hosted, token);
    expect(first.status).toBe(200);
    expect(JSON.parse(first.body).key).toMatch(/^[\w-]{43}$/);
    expect((await exchange(hosted, token)).status).toBe(401);
  }));

test('a session request of any size but a small one is refused', () =>
  hosted(async (hosted) => {
    expect((await exchange(hosted, 'x'.repeat(5_000))).status).toBe(400);
  }));

test('procedures run through the relay, and the stream ends with its tab', () =>
  hosted(async (hosted) => {
    const socket = await opened(hosted, rpcPath, await newKey(hosted));
    const calls: EngineCalls = createORPCClient(
      new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }),
    );
    const updates = await calls.state.watch();
    expect((await updates.next()).value).toMatchObject({ type: 'snapshot' });
    expect((await calls.vm.start({ vm: 'service' })).state).toBe('running');
    expect(hosted.engine.watchers).toBe(1);
    socket.terminate();
    await expect.poll(() => hosted.engine.watchers).toBe(0);
  }));

test('a key outlives its stream, so a reload works', () =>
  hosted(async (hosted) => {
    const key = await newKey(hosted);
    (await opened(hosted, rpcPath, key)).close();
    (await opened(hosted, rpcPath, key)).close();
  }));

test('a wrong key is refused with the code that asks for a fresh address', () =>
  hosted(async (hosted) => {
    expect(await open(hosted, rpcPath, 'wrong')).toBe(4401);
    expect(await open(hosted, rpcPath, tokenOf(hosted.host.newUrl()))).toBe(4401);
  }));

test('streams are for the page itself and for the paths of the contract', () =>
  hosted(async ({ host, origin }) => {
    const refusal = async (path: string, options: { origin?: string; headers?: Record<string, string> }) => {
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, options);
      const [error] = await once(socket, 'error');
      return error.message;
    };
    expect(await refusal(rpcPath, { origin: 'http://evil.example' })).toContain('403');
    expect(await refusal(rpcPath, {})).toContain('403');
    expect(await refusal(rpcPath, { origin, headers: { host: 'evil.example' } })).toContain('403');
    expect(await refusal('/docker.sock', { origin })).toContain('404');
  }));

test('no shell of the host is to be had through a browser, not even one that a window has opened', () =>
  hosted(async ({ host, origin, paths }) => {
    const id = randomUUID();
    const size = { cols: 80, rows: 24 };
    const window = await openRawStream(paths.engineSocket, newHostShellPath(id, size));
    const attached = Promise.withResolvers<string>();
    window.onMessage((message) => {
      if (typeof message === 'string') attached.resolve(message);
    });
    expect(JSON.parse(await attached.promise)).toMatchObject({ type: 'attached' });
    const refused = async (path: string): Promise<string> => {
      const socket = new WebSocket(`ws://127.0.0.1:${host.port}${path}`, { origin });
      const [error] = await once(socket, 'error');
      return error.message;
    };
    expect(await refused(newHostShellPath(randomUUID(), size))).toContain('404');
    expect(await refused(hostShellPath(id))).toContain('404');
    window.send(JSON.stringify({ type: 'close' }));
    await new Promise<void>((resolve) => window.onClose(() => resolve()));
    await expect.poll(() => endOf(paths, id)).toMatchObject({ type: 'exit', code: null });
  }));

/** What the engine says to who attaches to a shell of the host that is gone. */
async function endOf(paths: Paths, id: string): Promise<unknown> {
  const stream = await openRawStream(paths.engineSocket, hostShellPath(id));
  const said = await new Promise<string | Uint8Array>((resolve) => stream.onMessage(resolve));
  stream.close();
  return JSON.parse(String(said));
}

test('bytes stay bytes and text stays text, and the close comes after them', () =>
  hosted(async (hosted) => {
    const { id } = await hosted.engine.openTerminal({ vm: 'service', argv: null });
    const key = await newKey(hosted);
    const socket = new WebSocket(`ws://127.0.0.1:${hosted.host.port}${terminalPath(id)}`, {
      origin: hosted.origin,
    });
    const messages: [boolean, string][] = [];
    socket.on('message', (data: Buffer, isBinary) => messages.push([isBinary, data.toString()]));
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello', key }));
    socket.send(Buffer.from('exit 5\r'));
    await once(socket, 'close');
    expect(messages).toEqual([
      [false, '{"type":"ready"}'],
      [true, 'screen of shell\r\n'],
      [false, '{"type":"attached","replayed":true}'],
      [true, 'exit 5\r'],
      [false, '{"type":"exit","code":5,"reason":""}'],
    ]);
  }));

test('an engine that is away closes the stream with a reason instead of a greeting', () =>
  hosted(async (hosted) => {
    const key = await newKey(hosted);
    await hosted.engineScope.close();
    expect(await open(hosted, rpcPath, key)).toBe(1013);
  }));

test('a port that is taken is named', () =>
  hosted(async ({ paths }) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const bound = other.address();
    const port = typeof bound === 'object' && bound ? bound.port : 0;
    const scope = new Scope('second');
    const thrown = await serveHost({
      port,
      pageFolder: paths.home,
      openStream: (path) => openRawStream(paths.engineSocket, path),
      log: silentLog,
      scope,
    }).catch((error) => error);
    expect(thrown).toMatchObject({ code: 'port_taken' });
    expect(thrown.message).toContain(String(port));
    await scope.close();
    await new Promise((resolve) => other.close(resolve));
  }));
