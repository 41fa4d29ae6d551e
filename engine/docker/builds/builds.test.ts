import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { FakeBuildkit } from '../../testing/fake-buildkit.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { decodeMessage } from './buildkit-messages.ts';
import { forgetBuild } from './forget-build.ts';
import { reportBuild } from './report-build.ts';
import { watchBuilds } from './watch-builds.ts';

let folder: string;
let server: Server;
let buildkit: FakeBuildkit;
let connection: DockerConnection;
let stop: AbortController;

const at = (seconds: number) => ({ seconds, nanos: 500_000_000 });
const done = {
  Ref: 'one',
  FrontendAttrs: { platform: 'linux/amd64,linux/arm64', filename: 'Dockerfile' },
  Exporters: [{ Type: 'image', Attrs: { name: 'docker.io/library/mine:1,ghcr.io/acme/x:2' } }],
  CreatedAt: at(1_800_000_000),
  CompletedAt: at(1_800_000_060),
  ExporterResponse: { 'image.name': 'docker.io/library/mine:1' },
  Result: {
    ResultDeprecated: { media_type: 'application/vnd.oci.image.index.v1+json', digest: 'sha256:13' },
  },
  numCachedSteps: 2,
  numTotalSteps: 5,
  numCompletedSteps: 5,
};
const running = { Ref: 'two', FrontendAttrs: { target: 'release' }, CreatedAt: at(1_800_000_100) };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  const socketPath = join(folder, 'd.sock');
  buildkit = new FakeBuildkit();
  server = createServer((_request, response) => response.writeHead(404).end('{"message":"page not found"}'));
  server.on('upgrade', (request, socket) => buildkit.upgrade(request, socket));
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  stop = new AbortController();
  connection = { docker: new Dockerode({ socketPath }), signal: stop.signal } as DockerConnection;
});

afterEach(async () => {
  stop.abort();
  await expect.poll(() => buildkit.connections, { timeout: 10_000 }).toBe(0);
  buildkit.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await rm(folder, { recursive: true });
});

const Listen = z.object({ EarlyExit: z.boolean() });

describe('the list of builds', () => {
  it('tells what BuildKit remembers, newest first, then what becomes of it', async () => {
    const following = Promise.withResolvers<Parameters<FakeBuildkit['onListen']>[0]>();
    buildkit.onListen = (call, request) => {
      buildkit.send(call, 'BuildHistoryEvent', { type: 1, record: done });
      buildkit.send(call, 'BuildHistoryEvent', { type: 0, record: running });
      if (decodeMessage('BuildHistoryRequest', Listen, request).EarlyExit) call.end();
      else following.resolve(call);
    };
    const leaving = new AbortController();
    const builds = watchBuilds(connection, leaving.signal);
    expect((await builds.next()).value).toEqual([
      expect.objectContaining({
        ref: 'two',
        target: 'release',
        tags: [],
        image: null,
        platforms: [],
        status: 'running',
        finishedAt: null,
        error: null,
      }),
      {
        ref: 'one',
        tags: ['mine:1', 'ghcr.io/acme/x:2'],
        image: 'sha256:13',
        target: null,
        dockerfile: 'Dockerfile',
        context: null,
        platforms: ['linux/amd64', 'linux/arm64'],
        status: 'completed',
        startedAt: 1_800_000_000_500,
        finishedAt: 1_800_000_060_500,
        error: null,
        steps: { total: 5, done: 5, cached: 2 },
      },
    ]);
    const next = builds.next();
    const call = await following.promise;
    const error = { code: 2, message: 'exit code: 1' };
    const failed = { ...running, CompletedAt: at(1_800_000_101), error };
    buildkit.send(call, 'BuildHistoryEvent', { type: 1, record: failed });
    buildkit.send(call, 'BuildHistoryEvent', { type: 2, record: { Ref: 'one' } });
    expect((await next).value).toMatchObject([{ ref: 'two', status: 'failed', error: 'exit code: 1' }]);
    const over = builds.next();
    leaving.abort();
    expect((await over).done).toBe(true);
    await expect.poll(() => buildkit.calls).toBe(0);
  });

  it('is empty where nothing was built', async () => {
    const builds = watchBuilds(connection, stop.signal);
    expect((await builds.next()).value).toEqual([]);
    expect((await builds.next()).done).toBe(true);
  });

  it('tells a build that was given up from one that failed', async () => {
    const error = { code: 1, message: 'context canceled' };
    buildkit.onListen = (call) => {
      const record = { ...running, CompletedAt: at(1_800_000_101), error };
      buildkit.send(call, 'BuildHistoryEvent', { type: 1, record });
      call.end();
    };
    const builds = watchBuilds(connection, stop.signal);
    expect((await builds.next()).value).toMatchObject([{ status: 'cancelled' }]);
    await builds.return();
  });

  it('says so where dockerd has no BuildKit behind it', async () => {
    server.removeAllListeners('upgrade');
    await expect(watchBuilds(connection, stop.signal).next()).rejects.toMatchObject({
      code: 'docker_failed',
      message: expect.stringContaining('tells nothing of its builds'),
    });
  });

  it('ends with the VM', async () => {
    buildkit.onListen = (call, request) => {
      if (decodeMessage('BuildHistoryRequest', Listen, request).EarlyExit) call.end();
    };
    const builds = watchBuilds(connection, new AbortController().signal);
    expect((await builds.next()).value).toEqual([]);
    const next = builds.next();
    stop.abort();
    await expect(next).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('the report of a build', () => {
  it('has every step, and the log in lines', async () => {
    buildkit.onStatus = (call) => {
      const vertex = { digest: 'sha256:a', name: '[2/2] RUN make', started: at(1_800_000_000) };
      const log = (text: string) => ({ vertex: 'sha256:a', stream: 1, msg: Buffer.from(text) });
      const waiting = { digest: 'sha256:b', name: 'exporting' };
      buildkit.send(call, 'StatusResponse', { vertexes: [vertex, waiting], logs: [log('one\r\ntw')] });
      const failed = { ...vertex, completed: at(1_800_000_009), error: 'exit code: 2' };
      buildkit.send(call, 'StatusResponse', { vertexes: [failed], logs: [log('o\nthree')] });
      call.end();
    };
    const reports = await Array.fromAsync(reportBuild(connection, 'one', stop.signal));
    expect(reports.at(-1)?.ended).toBe(true);
    expect(reports.at(-1)?.steps).toEqual([
      {
        id: 'sha256:a',
        name: '[2/2] RUN make',
        state: 'failed',
        startedAt: 1_800_000_000_500,
        finishedAt: 1_800_000_009_500,
        error: 'exit code: 2',
      },
      { id: 'sha256:b', name: 'exporting', state: 'waiting', startedAt: null, finishedAt: null, error: null },
    ]);
    expect(reports.flatMap(({ lines }) => lines.map(({ text }) => text))).toEqual(['one', 'two', 'three']);
  });

  it('of one that is not known is refused in words of BuildKit', async () => {
    buildkit.onStatus = (call) => buildkit.refuse(call, 'no such build: ü');
    await expect(reportBuild(connection, 'gone', stop.signal).next()).rejects.toMatchObject({
      code: 'unknown_build',
      message: 'BuildKit refused Status: no such build: ü.',
    });
  });
});

it('forgets a build', async () => {
  await forgetBuild(connection, 'one');
  const Update = z.object({ Ref: z.string(), Delete: z.boolean() });
  expect(buildkit.updates.map((bytes) => decodeMessage('UpdateBuildHistoryRequest', Update, bytes))).toEqual([
    { Ref: 'one', Delete: true },
  ]);
});
