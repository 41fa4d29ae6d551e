import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Handler, SelfTest } from '../../../contract/records.ts';
import { FakeDocker } from '../../testing/fake-docker.ts';
import { aHandler, anImage, aPlatform } from '../../testing/sample-records.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { type ForecastOptions, forecast } from './forecast.ts';
import { parseReference } from './image-reference.ts';
import { knownWarnings, readKnownImages } from './known-images.ts';

let folder: string;
let docker: FakeDocker;
const rules = await readKnownImages(
  join(import.meta.dirname, '../../../resources/known-images/known-images.json'),
);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  docker = await FakeDocker.start(join(folder, 'd.sock'));
});

afterEach(async () => {
  await docker.close();
  await rm(folder, { recursive: true });
});

const price = {
  at: 1,
  loopFactor: 3,
  nativeLoopMs: 1,
  emulatedLoopMs: 3,
  nativeExecMs: 1,
  emulatedExecMs: 18,
  emulatorVersion: '10',
};

function passed(change: Partial<SelfTest> = {}): SelfTest {
  return {
    at: 1,
    cause: 'boot',
    ok: true,
    ms: 1,
    steps: [],
    complete: true,
    isaLevel: null,
    missingSyscalls: [],
    ...change,
  };
}

function forecastOf(change: Partial<ForecastOptions> & { handler?: Handler } = {}) {
  const { handler = aHandler({ state: 'on', lastTest: passed(), price }), ...rest } = change;
  const connection = {
    vm: { name: 'service', arch: 'amd64' },
    docker: new Dockerode({ socketPath: join(folder, 'd.sock') }),
    signal: new AbortController().signal,
  } as DockerConnection;
  const handlers = { [`service/${handler.arch}`]: handler };
  return forecast({ connection, rules, handlers, images: [], image: 'demo:1', arch: null, ...rest });
}

const native = aPlatform({ platform: 'linux/amd64', arch: 'amd64', execution: 'native' });

describe('an image in the VM', () => {
  it('runs natively where it can, without a word of warning', async () => {
    const found = await forecastOf({ images: [anImage({ platforms: [aPlatform(), native] })] });
    expect(found).toMatchObject({ readFrom: 'vm', chosen: native, native, price: null, warnings: [] });
  });

  it('tells the price of emulation, and of the variant that needs none', async () => {
    const images = [anImage({ platforms: [aPlatform(), native] })];
    const found = await forecastOf({ images, arch: 'arm64' });
    expect(found).toMatchObject({ chosen: aPlatform(), native, price });
    expect(found.warnings).toMatchObject([
      { severity: 'note', text: expect.stringContaining('without emulation') },
    ]);
  });

  it('will not run while its emulation is off', async () => {
    const images = [anImage({ platforms: [aPlatform({ execution: 'off' })] })];
    const found = await forecastOf({ images, handler: aHandler() });
    expect(found.warnings).toMatchObject([
      { severity: 'stop', text: expect.stringContaining('Switch it on') },
    ]);
  });

  it('passes on what the self-test found missing', async () => {
    const consequence = 'sudo inside will fail: no C';
    const step = { id: 'credentials', ok: false, ms: 1, detail: '', consequence } as const;
    const handler = aHandler({ state: 'on', lastTest: passed({ ok: false, steps: [step] }) });
    const found = await forecastOf({ images: [anImage()], handler });
    expect(found.warnings).toEqual([{ severity: 'risk', text: consequence, source: null }]);
  });

  it('compares the level it was built for with what the emulator was seen to offer', async () => {
    const v3 = aPlatform({ platform: 'linux/amd64/v3', arch: 'amd64', execution: 'emulated' });
    const on = (isaLevel: string) => aHandler({ arch: 'amd64', state: 'on', lastTest: passed({ isaLevel }) });
    const images = [anImage({ platforms: [v3] })];
    const less = await forecastOf({ images, handler: on('x86-64-v2') });
    expect(less).toMatchObject({ isaLevel: 'x86-64-v2', warnings: [{ severity: 'stop' }] });
    expect((await forecastOf({ images, handler: on('x86-64-v4') })).warnings).toEqual([]);
  });

  it('says which platforms there are when the asked one is not among them', async () => {
    const found = await forecastOf({ images: [anImage()], arch: 's390x' });
    expect(found.chosen).toBeNull();
    expect(found.warnings).toMatchObject([
      { severity: 'stop', text: expect.stringContaining('It exists for linux/arm64') },
    ]);
  });

  it('chooses the plainest of several platforms of one architecture', async () => {
    const v2 = aPlatform({ platform: 'linux/amd64/v2', arch: 'amd64', execution: 'native' });
    const found = await forecastOf({ images: [anImage({ platforms: [v2, native] })] });
    expect(found.chosen).toEqual(native);
  });

  it('is found by the beginning of its id', async () => {
    const found = await forecastOf({ images: [anImage()], image: 'dddddddddddd' });
    expect(found.readFrom).toBe('vm');
  });
});

describe('an image at its registry', () => {
  const distribution = {
    Descriptor: { digest: `sha256:${'f'.repeat(64)}` },
    Platforms: [
      { architecture: 'arm64', os: 'linux', variant: 'v8' },
      { architecture: 'unknown', os: 'unknown' },
      { architecture: 'sparc64', os: 'linux' },
    ],
  };

  it('is asked about there, and has to be pulled', async () => {
    docker.answer = ({ path }) =>
      path === '/distribution/team/app:latest/json' ? { status: 200, body: distribution } : undefined;
    const found = await forecastOf({ image: 'team/app' });
    expect(found).toMatchObject({
      readFrom: 'registry',
      platforms: [
        { platform: 'linux/arm64', execution: 'emulated', present: false },
        { platform: 'linux/sparc64', arch: null, execution: 'unsupported' },
      ],
      chosen: { platform: 'linux/arm64' },
      warnings: [{ severity: 'note', text: expect.stringContaining('pulled first') }],
    });
  });

  it('is unknown when the registry does not answer', async () => {
    docker.answer = () => ({ status: 500, body: { message: 'dial tcp: no such host' } });
    const found = await forecastOf({ image: 'alpine' });
    expect(found).toMatchObject({ platforms: null, readFrom: null, chosen: null });
    expect(found.warnings).toMatchObject([
      { severity: 'stop', text: expect.stringContaining('no such host') },
    ]);
  });

  it('has no name that would reach elsewhere in Docker', async () => {
    for (const image of ['../containers/x', 'a b', 'x:1/../y', '']) {
      await expect(forecastOf({ image })).rejects.toMatchObject({ code: 'bad_input' });
    }
    expect(docker.requests).toEqual([]);
  });
});

describe('known images', () => {
  const warned = (image: string, isaLevel: string | null = null, arch: 'amd64' | 'arm64' = 'amd64') =>
    knownWarnings(rules, { reference: parseReference(image), arch, isaLevel }).map(
      ({ severity }) => severity,
    );

  it('are recognised by repository, whatever the registry is called', () => {
    expect(warned('docker.io/library/mongo:4.4')).toEqual([]);
    expect(warned('mcr.microsoft.com/mssql/server:2022-latest')).toEqual(['stop']);
    expect(warned('mcr.microsoft.com/mssql/server', null, 'arm64')).toEqual([]);
    expect(warned('someone/mongo:7')).toEqual([]);
  });

  it('go by version and by what the emulator offers', () => {
    expect(warned('mongo:7.0.2', 'x86-64-v2')).toEqual(['stop']);
    expect(warned('mongo:7.0.2', 'x86-64-v3')).toEqual([]);
    expect(warned('mongo:latest')).toEqual(['risk']);
    expect(warned('golang:1.24-alpine')).toEqual(['risk']);
    expect(warned('golang:1.25.4')).toEqual([]);
    expect(warned('golang:1.25')).toEqual([]);
    expect(warned('golang')).toEqual([]);
  });

  it('have each a source', () => {
    expect(rules.length).toBeGreaterThanOrEqual(10);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });
});
