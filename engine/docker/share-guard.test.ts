import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { silentLog } from '../base/log.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { followRefusals, type Refusal } from './follow-refusals.ts';
import { refusedMount } from './refused-mount.ts';

/** The guest's own script, run by this computer's perl as the guest runs it by its. */
const script = join(
  import.meta.dirname,
  '../../vm-templates/debian-13/guest/root/usr/lib/foredeck/share-guard',
);
const containerId = 'ab'.repeat(32);

it('refuses what is neither shared nor the guest’s own, says how to share it, and tells its listener', () =>
  withGuard(async (guard) => {
    expect(await guard.ask('/Plugin.Activate', '')).toEqual({ Implements: ['authz'] });
    const allowed = { Allow: true };
    expect(await guard.create({ Binds: ['/home/me/my project/src:/src', 'a-volume:/v', '/:/host'] })).toEqual(
      allowed,
    );
    expect(
      await guard.create({ Binds: ['/etc/passwd:/p:ro', '/etc//../dev/null:/n', '/anonymous'] }),
    ).toEqual(allowed);
    // A folder above a share is not shared, what looks like one is not either, and nothing of the guest's lies there.
    for (const path of ['/home/me', '/home/me/my project 2', '/tmp', '/srv', '/home']) {
      expect(await guard.create({ Binds: [`${path}:/x`] }), path).toMatchObject({ Allow: false });
    }
    expect(
      await guard.create({ Mounts: [{ Type: 'bind', Source: '/etc/not-there', Target: '/x' }] }),
    ).toEqual({
      Allow: false,
      Msg:
        "/etc/not-there is not shared with Foredeck's VM, which has its own /etc. " +
        'Share a folder that holds what it needs, with `foredeck share add DIR`, and try again',
    });
    expect(await guard.create({ Binds: [`${guard.link}/src:/x`] })).toEqual(allowed);
    expect(await guard.create({ Mounts: [{ Type: 'volume', Source: '/srv', Target: '/x' }] })).toEqual(
      allowed,
    );
    const hostile = `/home/é 😀 'q" $(x)\u001b[2J`;
    const { Msg: message = '' } = await guard.create({ Binds: [`${hostile}:/x`] });
    expect(message).toContain(`with \`foredeck share add '/home/é 😀 '\\''q" $(x)?[2J'\`, and`);
    await expect
      .poll(() => guard.told.at(-1))
      .toMatchObject({ paths: [hostile], image: 'web:1', name: 'web' });
    expect(guard.told).toHaveLength(7);
  }));

it('looks at a container again before it is started, by id, by name and by the beginning of its id', () =>
  withGuard(async (guard) => {
    for (const reference of [containerId, 'web', 'abab']) {
      expect(await guard.post(`/v1.45/containers/${reference}/start`)).toMatchObject({ Allow: false });
    }
    expect(await guard.post('/containers/web/restart?t=1')).toMatchObject({ Allow: false });
    expect(await guard.post('/containers/web/stop')).toEqual({ Allow: true });
    expect(await guard.post('/containers/other/start')).toEqual({ Allow: true });
  }));

it('lets pass what it does not understand', () =>
  withGuard(async (guard) => {
    const uri = '/containers/create';
    const garbled = { RequestMethod: 'POST', RequestUri: uri, RequestBody: 'eyJIb3N0Q29uZmlnIjo=' };
    expect(await guard.ask('/AuthZPlugin.AuthZReq', JSON.stringify(garbled))).toEqual({ Allow: true });
    expect(await guard.ask('/AuthZPlugin.AuthZReq', 'no JSON')).toEqual({ Allow: true });
    expect(await guard.ask('/AuthZPlugin.AuthZRes', 'x'.repeat(300_000))).toEqual({ Allow: true });
    expect(await guard.create({ Binds: ['/home/x:/x'] })).toMatchObject({ Allow: false });
  }));

it('its words are understood, with dockerd’s in front', () => {
  const said =
    "/a is not shared with Foredeck's VM, so. Share it, or a folder it lies in, with `x`, and try again";
  expect(refusedMount(`authorization denied by plugin foredeck: ${said}`)).toEqual({
    code: 'not_shared',
    message: "/a is not shared with Foredeck's VM, so.",
    hint: 'Share it, or a folder it lies in, with `x`, and try again',
  });
  expect(refusedMount(said)).toBeUndefined();
});

interface Answer {
  Allow?: boolean;
  Msg?: string;
  Implements?: string[];
}

interface Guard {
  readonly told: Refusal[];
  /** A symbolic link into the share. */
  readonly link: string;
  ask(path: string, body: string): Promise<Answer>;
  post(uri: string, body?: object): Promise<Answer>;
  create(hostConfig: object): Promise<Answer>;
}

/** A guard of a guest with one share, `/home/me/my project`, and a container `web` that mounts what is gone. */
function withGuard(work: (guard: Guard) => Promise<void>): Promise<void> {
  return withTempFolder(async (folder) => {
    const mounts = join(folder, 'mounts');
    await writeFile(mounts, 'fd0 /home/me/my\\040project virtiofs rw 0 0\nroot / overlay rw 0 0\n');
    await symlink('/home/me/my project', join(folder, 'link'));
    const container = join(folder, 'containers', containerId);
    await mkdir(container, { recursive: true });
    await writeFile(join(container, 'config.v2.json'), '{"ID":"x","Name":"/web"}');
    await writeFile(join(container, 'hostconfig.json'), '{"Binds":["/gone/x:/x:ro"],"Mounts":null}');
    const [plugin, refusals] = [join(folder, 'p', 's'), join(folder, 'r', 's')];
    const child = spawn('perl', [script, plugin, refusals, mounts, join(folder, 'containers')], {
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    const leaving = new AbortController();
    const told: Refusal[] = [];
    try {
      await expect
        .poll(() =>
          stat(refusals).then(
            () => true,
            () => false,
          ),
        )
        .toBe(true);
      const connected = Promise.withResolvers<void>();
      const following = followRefusals({
        link: {
          connectUnix: async () => {
            const socket = connect(refusals, connected.resolve);
            await once(socket, 'connect');
            return socket;
          },
        },
        onRefusal: (refusal) => told.push(refusal),
        log: silentLog,
        signal: leaving.signal,
      });
      await connected.promise;
      const ask = (path: string, body: string): Promise<Answer> => exchange(plugin, path, body);
      const post = (uri: string, body?: object): Promise<Answer> => {
        const RequestBody = body && Buffer.from(JSON.stringify(body)).toString('base64');
        const asked = JSON.stringify({ RequestMethod: 'POST', RequestUri: uri, RequestBody });
        return ask('/AuthZPlugin.AuthZReq', asked.replaceAll('&', '\\u0026'));
      };
      await work({
        told,
        link: join(folder, 'link'),
        ask,
        post,
        create: (HostConfig) =>
          post('/v1.45/containers/create?platform=linux&name=web', { Image: 'web:1', Env: null, HostConfig }),
      });
      leaving.abort();
      await following;
    } finally {
      leaving.abort();
      child.kill();
      await ended;
    }
  });
}

/** As dockerd calls its plugins. */
function exchange(socketPath: string, path: string, body: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const call = request({
      socketPath,
      path,
      method: 'POST',
      headers: { 'Content-Length': Buffer.byteLength(body) },
    });
    call.once('error', reject).once('response', async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve(JSON.parse(text) as Answer);
    });
    call.end(body);
  });
}
