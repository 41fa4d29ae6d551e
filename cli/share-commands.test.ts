import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectEngine, type EngineClient } from '../engine/client/connect-engine.ts';

/* Shared folders as a person types them, against a real engine process around a scripted engine. */

const root = join(import.meta.dirname, '..');

let home: string;
let engine: EngineClient;

beforeAll(async () => {
  home = await realpath(await mkdtemp(join(tmpdir(), 'fd-')));
  const main = join(root, 'engine', 'testing', 'scripted-engine-main.ts');
  const command = { file: process.execPath, args: [main], env: process.env };
  engine = await connectEngine({ home, startIfNone: true, command });
});

afterAll(async () => {
  await engine.calls.engine.quit();
  await engine.closed;
  await rm(home, { recursive: true, force: true });
});

async function share(
  args: readonly string[],
  at: { cwd?: string; PWD?: string } = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(join(root, 'bin', 'foredeck'), ['share', ...args], {
    cwd: at.cwd ?? root,
    env: { ...process.env, PWD: at.PWD ?? at.cwd ?? root, FOREDECK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exit = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), exit]);
  return { code, stdout, stderr };
}

test('add, list and remove', async () => {
  const added = await share(['add', '/srv/a b', '--read-only']);
  expect(added).toMatchObject({ code: 0, stdout: '/srv/a b is shared read-only.\n' });
  const listed = await share(['list', '--json']);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ path: '/srv/a b', readOnly: true, state: 'mounted' }]);
  expect((await share(['list'])).stdout).toMatch(/\/srv\/a b +read-only +mounted/);
  expect(await share(['remove', '/srv/a b/'])).toMatchObject({
    code: 0,
    stdout: '/srv/a b is not shared any more.\n',
  });
  expect(await share(['remove', '/srv/a b'])).toMatchObject({
    code: 1,
    stderr: 'foredeck: /srv/a b is not shared.\n',
  });
});

test('a relative folder is the one that the shell means, symbolic links and all', async () => {
  const folder = join(home, 'real');
  const link = join(home, 'link');
  await mkdir(folder);
  await symlink(folder, link);
  await share(['add', 'sub'], { cwd: folder, PWD: link });
  await share(['add', '.'], { cwd: folder, PWD: '/somewhere/else' });
  const { stdout } = await share(['list', '--json']);
  expect(JSON.parse(stdout)).toMatchObject([{ path: join(link, 'sub') }, { path: folder }]);
  for (const path of [join(link, 'sub'), folder]) await engine.calls.shares.remove({ path });
});

test('what may not be shared, and what could not be mounted, are failures that say why', async () => {
  const refused = await share(['add', '/etc', '--json']);
  expect(refused.code).toBe(1);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'share_refused' } });
  const failed = await share(['add', '/srv/gone']);
  expect(failed).toMatchObject({ code: 1, stderr: 'foredeck: The VM could not mount it.\nAdd it again.\n' });
  expect((await share(['list'])).stdout).toContain('The VM could not mount it. Add it again.');
});
