import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Dockerode, { type ContainerInspectInfo } from 'dockerode';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { type FakeAnswer, FakeDocker } from '../testing/fake-docker.ts';
import { containerConfiguration } from './container-configuration.ts';
import { type CopyOptions, copyContainer } from './copy-container.ts';

/*
 * `inspected-container.json`: `GET /containers/one/json` of Docker 26.1.5 after `docker run -d --name one --platform
 * linux/arm64 -e A=b -p 8080:80 -v vol:/data -v /anon --tmpfs /run --restart=on-failure:3 --label x=y bb-arm64:1 sleep
 * 1000` and `docker network connect --alias al net1 one`.
 */
const details: ContainerInspectInfo = JSON.parse(
  await readFile(join(import.meta.dirname, 'fixtures', 'inspected-container.json'), 'utf8'),
);
const anonymous = '1dd21e11d8f1786248d67ea5cac832ddb0308a4a6081fb0f08093391700e92ef';

/** The fixture with some of it changed. */
function detailsWith(change: {
  config?: object;
  host?: object;
  state?: object;
  networks?: object;
  mounts?: object[];
}): ContainerInspectInfo {
  return {
    ...details,
    Config: { ...details.Config, ...change.config },
    HostConfig: { ...details.HostConfig, ...change.host },
    State: { ...details.State, ...change.state },
    Mounts: (change.mounts ?? details.Mounts) as ContainerInspectInfo['Mounts'],
    NetworkSettings: {
      ...details.NetworkSettings,
      ...(change.networks && { Networks: change.networks as never }),
    },
  };
}

describe('the configuration of a copy', () => {
  it('has what a person chose and leaves to Docker what Docker chose', () => {
    const made = containerConfiguration(details);
    expect(made).toMatchObject({
      Image: 'bb-arm64:1',
      Cmd: ['sleep', '1000'],
      Env: ['A=b'],
      Labels: { x: 'y' },
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        PortBindings: { '80/tcp': [{ HostIp: '', HostPort: '8080' }] },
        RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 },
        Tmpfs: { '/run': '' },
      },
    });
    expect(made.Hostname).toBeUndefined();
    expect(made.platform).toBeUndefined();
    expect(made.NetworkingConfig?.EndpointsConfig).toEqual({
      bridge: {},
      net1: { IPAMConfig: {}, DriverOpts: {}, Aliases: ['al'] },
    });
  });

  it('names the volumes which Docker had named', () => {
    const { HostConfig: host } = containerConfiguration(details);
    expect(host?.Binds).toEqual(['vol:/data', `${anonymous}:/anon`]);
  });

  it('takes over what came with --volumes-from and with a nameless --mount', () => {
    const { HostConfig: host } = containerConfiguration(
      detailsWith({
        host: {
          Binds: null,
          VolumesFrom: ['gone'],
          Mounts: [
            { Type: 'volume', Target: '/nameless' },
            { Type: 'tmpfs', Target: '/fast' },
          ],
        },
        mounts: [
          { Type: 'volume', Name: 'n1', Destination: '/nameless', RW: true },
          { Type: 'bind', Source: '/srv', Destination: '/from', RW: false },
          { Type: 'tmpfs', Destination: '/fast', RW: true },
        ],
      }),
    );
    expect(host?.Binds).toEqual(['n1:/nameless', '/srv:/from:ro']);
    expect(host?.Mounts).toEqual([{ Type: 'tmpfs', Target: '/fast' }]);
    expect(host?.VolumesFrom).toEqual([]);
  });

  it('carries changes, and a tmpfs takes the place of what was mounted there', () => {
    const made = containerConfiguration(details, {
      env: { A: 'c', QEMU_CPU: 'max' },
      arguments: ['--more'],
      tmpfs: ['/data'],
      platform: 'linux/amd64',
      labels: { of: 'ours' },
    });
    expect(made).toMatchObject({
      Env: ['A=c', 'QEMU_CPU=max'],
      Cmd: ['sleep', '1000', '--more'],
      platform: 'linux/amd64',
      Labels: { x: 'y', of: 'ours' },
      HostConfig: { Tmpfs: { '/run': '', '/data': '' }, Binds: [`${anonymous}:/anon`] },
    });
  });

  it('keeps an entry point that was emptied, a host name that was chosen and links as they were written', () => {
    const made = containerConfiguration(
      detailsWith({ config: { Hostname: 'db' }, host: { Links: ['/other:/one/alias'] } }),
    );
    expect(made.Entrypoint).toEqual(['']);
    expect(made.Hostname).toBe('db');
    expect(made.HostConfig?.Links).toEqual(['other:alias']);
  });

  it("says nothing about a network that is another container's", () => {
    const made = containerConfiguration(
      detailsWith({ host: { NetworkMode: 'container:abc' }, networks: {} }),
    );
    expect(made).not.toHaveProperty('Hostname');
    expect(made).not.toHaveProperty('ExposedPorts');
    expect(made.NetworkingConfig?.EndpointsConfig).toEqual({});
  });
});

describe('running again', () => {
  let folder: string;
  let docker: FakeDocker;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fd-'));
    docker = await FakeDocker.start(join(folder, 'd.sock'));
  });

  afterEach(async () => {
    await docker.close();
    await rm(folder, { recursive: true });
  });

  /** Answers as dockerd does when all goes well; `special` first. */
  function answering(original: ContainerInspectInfo, special: FakeAnswer = () => undefined): void {
    let name = original.Name;
    const usual: [RegExp, () => Awaited<ReturnType<FakeAnswer>>][] = [
      [/^GET \/containers\/.*\/json$/, () => ({ status: 200, body: { ...original, Name: name } })],
      [/^GET \/containers\/.*\/changes$/, () => ({ status: 200, body: [{ Path: '/x', Kind: 1 }] })],
      [/^GET \/images\/json$/, () => ({ status: 200, body: [{ Id: original.Image }] })],
      [/^POST \/commit$/, () => ({ status: 201, body: { Id: 'sha256:1' } })],
      [/^POST \/containers\/create$/, () => ({ status: 201, body: { Id: 'copy' } })],
      [/^DELETE |\/update$/, () => ({ status: 200, body: {} })],
    ];
    docker.answer = async (request) => {
      const answer = await special(request);
      if (answer) return answer;
      if (request.path.endsWith('/rename')) name = `/${request.query.get('name')}`;
      const line = `${request.method} ${request.path}`;
      return usual.find(([pattern]) => pattern.test(line))?.[1]() ?? { status: 204 };
    };
  }

  function copy(options: Partial<CopyOptions> = {}): ReturnType<typeof copyContainer> {
    return copyContainer({
      docker: new Dockerode({ socketPath: join(folder, 'd.sock') }),
      container: details.Id,
      platform: 'linux/arm64',
      changes: {},
      data: 'fresh',
      log: silentLog,
      signal: new AbortController().signal,
      ...options,
    });
  }

  /** What was done, without what was only looked at; ids and times made short. */
  function done(): string[] {
    return docker.requests
      .filter((request) => !request.startsWith('GET'))
      .map((request) => request.replaceAll(details.Id, 'ID').replace(/\d{8}-\d{6}/g, 'TIME'));
  }

  it('stops and renames the old one, then starts the new one under its name', async () => {
    answering(details);
    const result = await copy();
    expect(result).toMatchObject({ id: 'copy', keptImage: null });
    expect(result.originalName).toMatch(/^one-before-2\d{7}-\d{6}$/);
    expect(done()).toEqual([
      'POST /containers/ID/stop',
      'POST /containers/ID/update',
      'POST /containers/ID/rename?name=one-before-TIME',
      'POST /containers/create?name=one&platform=linux%2Farm64',
      'POST /containers/copy/start',
    ]);
  });

  it('keeps what was written in an image', async () => {
    let created: unknown;
    answering(details, ({ path, body }) => {
      if (path === '/containers/create') created = body;
      return undefined;
    });
    const { keptImage } = await copy({ data: 'keep' });
    expect(keptImage).toMatch(/^foredeck-kept:45bab951bc69-/);
    expect(created).toMatchObject({ Image: keptImage, Cmd: ['sleep', '1000'] });
  });

  it('needs no image when nothing was written', async () => {
    answering(details, ({ path }) => (path.endsWith('/changes') ? { status: 200, body: null } : undefined));
    expect(await copy({ data: 'keep' })).toMatchObject({ keptImage: null });
  });

  it('goes by digest when the name means another image by now', async () => {
    let created: unknown;
    answering(details, ({ path, body }) => {
      if (path === '/containers/create') created = body;
      return path === '/images/json' ? { status: 200, body: [{ Id: 'sha256:other' }] } : undefined;
    });
    await copy();
    expect(created).toMatchObject({ Image: details.Image });
  });

  it('goes by name for another platform, which may have been pulled since', async () => {
    let created: unknown;
    answering(details, ({ path, body }) => {
      if (path === '/containers/create') created = body;
      return path === '/images/json' ? { status: 200, body: [{ Id: 'sha256:other' }] } : undefined;
    });
    await copy({ changes: { platform: 'linux/amd64' } });
    expect(created).toMatchObject({ Image: 'bb-arm64:1' });
    expect(done()).toContain('POST /containers/create?name=one&platform=linux%2Famd64');
  });

  it('puts everything back when the new one does not start', async () => {
    const message = 'driver failed: Bind for 0.0.0.0:8080 failed: port is already allocated';
    answering(details, ({ path }) =>
      path === '/containers/copy/start' ? { status: 500, body: { message } } : undefined,
    );
    await expect(copy({ data: 'keep' })).rejects.toMatchObject({
      code: 'port_taken',
      message: expect.stringContaining(message),
    });
    expect(done().slice(6)).toEqual([
      'DELETE /containers/copy?force=true&v=true',
      expect.stringMatching(/^DELETE \/images\/foredeck-kept/),
      'POST /containers/ID/rename?name=one',
      'POST /containers/ID/update',
      'POST /containers/ID/start',
    ]);
  });

  it('does not start one which did not run', async () => {
    answering(detailsWith({ state: { Running: false, Status: 'exited' } }), ({ path }) =>
      path === '/containers/create' ? { status: 404, body: { message: 'No such image' } } : undefined,
    );
    await expect(copy()).rejects.toMatchObject({ code: 'docker_failed' });
    expect(done().filter((request) => /start|stop/.test(request))).toEqual([]);
    expect(done().at(-2)).toBe('POST /containers/ID/rename?name=one');
  });

  it('puts everything back when it is cancelled', async () => {
    const stop = new AbortController();
    answering(details, ({ path, query }) => {
      if (path.endsWith('/rename') && query.get('name') !== 'one') stop.abort();
      return undefined;
    });
    await expect(copy({ signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(done().at(-1)).toBe('POST /containers/ID/start');
    expect(done()).not.toContainEqual(expect.stringContaining('/containers/create'));
  });

  it('says what could not be put back', async () => {
    answering(details, ({ path, query }) => {
      if (path === '/containers/create') return { status: 500, body: { message: 'no space left on device' } };
      const back = path.endsWith('/rename') && query.get('name') === 'one';
      return back ? { status: 500, body: { message: 'not now' } } : undefined;
    });
    await expect(copy()).rejects.toMatchObject({
      message: expect.stringContaining('no space left'),
      details: { 'could not be put back': expect.stringContaining('not now') },
    });
  });

  it('refuses what would lose data, before anything is touched', async () => {
    answering(detailsWith({ host: { AutoRemove: true } }));
    await expect(copy()).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(copy({ data: 'keep', changes: { platform: 'linux/amd64' } })).rejects.toMatchObject({
      code: 'bad_input',
    });
    docker.answer = () => ({ status: 404, body: { message: 'No such container' } });
    await expect(copy()).rejects.toMatchObject({ code: 'unknown_container' });
    expect(done()).toEqual([]);
  });
});
