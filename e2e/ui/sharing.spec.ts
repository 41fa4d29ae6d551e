import { EngineError } from '../../engine/base/engine-error.ts';
import type { FakeEngine } from '../fake/fake-engine.ts';
import { shareRecord } from '../fake/fake-shares.ts';
import { containerRecord } from '../fake/records.ts';
import { expect, test } from './ui-test.ts';

function commitShare(engine: FakeEngine, change: Parameters<typeof shareRecord>[0]): void {
  const value = shareRecord(change);
  engine.commit({ in: 'shares', key: value.path, value });
}

/** A container with a mount of `source`. */
function commitUser(engine: FakeEngine, name: string, state: 'running' | 'exited', source: string): void {
  const binds = [{ source, target: '/src', readOnly: false }];
  const value = containerRecord({ id: name.repeat(8), name, state, exitCode: 0, binds });
  engine.commit({ in: 'containers', key: value.id, value });
}

test('says that nothing is shared, shares a folder, changes how, and stops', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await expect(page.getByText('none: containers see no file of this computer')).toBeVisible();
  await window.goTo('Settings');
  const { sharing } = window.settings;
  await expect(sharing).toContainText('Nothing is shared: containers see no file of this computer.');
  await expect(sharing).toContainText('Containers can read everything in a shared folder');
  await sharing.getByLabel('Share a folder').fill('project');
  await expect(sharing.getByLabel('Share a folder')).toHaveAttribute('aria-invalid', 'true');
  await sharing.getByLabel('Share a folder').fill('~/project');
  await sharing.getByRole('switch', { name: 'Share it read only' }).click();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  const row = window.settings.share('/home/ada/project');
  await expect(row).toContainText('Shared');
  const readOnly = row.getByRole('switch', { name: 'Share /home/ada/project read only' });
  await expect(readOnly).toBeChecked();
  await readOnly.click();
  await expect(readOnly).not.toBeChecked();
  commitUser(engine, 'db', 'exited', '/home/ada/project/data');
  commitUser(engine, 'web', 'running', '/home/ada/project');
  await expect(row).toContainText('used by 2 containers');
  await row.getByRole('button', { name: 'Stop sharing' }).click();
  const users = page.getByRole('alertdialog').getByRole('list', { name: 'Containers that use it' });
  await expect(users.getByRole('listitem')).toHaveText(['web, which runs', 'db']);
  const stop = page.getByRole('alertdialog').getByRole('button', { name: 'Stop sharing' });
  await expect(stop).toHaveAttribute('aria-disabled', 'true');
  commitUser(engine, 'web', 'exited', '/home/ada/project');
  await stop.click();
  await expect(row).toHaveCount(0);
  expect(engine.asked).toEqual([
    'addShare /home/ada/project read-only',
    'addShare /home/ada/project writable',
    'removeShare /home/ada/project',
  ]);
});

test('a share that failed says why and is tried again; one that is refused keeps what was typed', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('running');
  const message = 'Cannot share /mnt/stick: there is no such folder.';
  const problem = { code: 'share_failed' as const, message, hint: '', details: {} };
  commitShare(engine, { path: '/mnt/stick', realPath: '/mnt/stick', state: 'missing', problem });
  await window.goTo('Settings');
  const row = window.settings.share('/mnt/stick');
  await expect(row).toContainText('Not there at the moment');
  await expect(row.getByRole('region', { name: 'Problem' })).toContainText(message);
  await row.getByRole('button', { name: 'Try again' }).click();
  await expect(row).toContainText('Shared');
  const why = 'Cannot share /etc: the VM has its own /etc.';
  engine.failNext('addShare', new EngineError({ code: 'share_refused', message: why }));
  await window.settings.sharing.getByLabel('Share a folder').fill('/etc');
  await window.settings.sharing.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(window.toast(why)).toBeVisible();
  await expect(window.settings.sharing.getByLabel('Share a folder')).toHaveValue('/etc');
});

test('a refused container is told of with the click that shares its folder, and starts where it can', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('running');
  const path = '/home/ada/my "site"';
  commitUser(engine, 'web', 'exited', path);
  const refusal = {
    kind: 'refused-mount' as const,
    vm: 'service',
    at: Date.now(),
    paths: [path],
  };
  engine.objects.activity.add({ ...refusal, name: '', image: 'nginx:1' });
  engine.objects.activity.add({ ...refusal, name: 'web', image: '' });
  await window.goTo('Activity');
  const [started, created] = [window.activity.rows.nth(0), window.activity.rows.nth(1)];
  await expect(created).toContainText(`Refused: nginx:1 · not shared:${path}`);
  await started.getByRole('button', { name: `Share and start ${path}` }).click();
  await expect(created).toContainText('its folders are shared now: run it again');
  await expect.poll(() => engine.asked.at(-1)).toContain('start');
  expect(engine.asked).toEqual([`addShare ${path} writable`, expect.stringContaining('start')]);
});

test('a container’s page marks which of its mounts are shared folders', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  commitShare(engine, {});
  const binds = [
    { source: '/home/ada/project/src', target: '/src', readOnly: true },
    { source: '/run/docker.sock', target: '/run/docker.sock', readOnly: false },
    { source: '/srv/old', target: '/old', readOnly: false },
  ];
  const value = containerRecord({ id: 'ab'.repeat(32), name: 'web', binds });
  engine.commit({ in: 'containers', key: value.id, value });
  await window.goTo('Containers');
  await page.goto(`${page.url().split('#')[0]}#/containers/${value.id}`);
  await expect(page.getByRole('list', { name: 'Bind mounts' }).getByRole('listitem')).toHaveText([
    '/home/ada/project/src → /srcread onlyshared folder',
    '/run/docker.sock → /run/docker.sockthe VM’s own',
    '/srv/old → /oldnot sharedShare',
  ]);
});
