import { readFile } from 'node:fs/promises';
import type { FileEntry } from '../../contract/container-files.ts';
import type { LogLine } from '../../contract/container-logs.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import { expect, type Opened, test } from './ui-test.ts';

const line = (text: string, from: LogLine['from'] = 'stdout'): LogLine => ({
  from,
  at: Date.UTC(2026, 10, 22, 11, 30),
  text,
});

const numbered = (from: number, to: number): LogLine[] =>
  Array.from({ length: to - from }, (_, index) => line(`line ${from + index}`));

async function open(
  { window }: Opened,
  name: string,
  tab: 'Logs' | 'Stats' | 'Files' | 'Inspect',
): Promise<void> {
  await window.goTo('Containers');
  await window.containers.open(name, tab);
}

test('a log in its colours, followed as it grows, hostile text as text', async ({ openWith, page }) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  engine.containers.write(
    'web',
    line('\u001b[31mred\u001b[0m and plain'),
    line('<img src=x> \u202egpj', 'stderr'),
  );
  await open(opened, 'web', 'Logs');
  const { log } = window.containers;
  await expect(log.getByText('red', { exact: true })).toHaveClass(/text-bad/);
  await expect(log).toContainText('Error output: <img src=x> gpj');
  expect(await page.locator('main img').count()).toBe(0);
  engine.containers.write('web', ...numbered(0, 500));
  await expect(log.getByText('line 499', { exact: true })).toBeInViewport();
  await expect(log.getByText('line 1', { exact: true })).toHaveCount(0);
  await window.containers.button('Times').click();
  await expect(log.getByText('line 499').first()).toBeVisible();
  await expect(log).toContainText('2026-11-22');
  await window.goTo('Overview');
  await expect.poll(() => engine.containers.logWatchers).toBe(0);
});

test('scrolling up stops following, pausing stops reading, and both go on without a line lost', async ({
  openWith,
  page,
}) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  engine.containers.write('web', ...numbered(0, 300));
  await open(opened, 'web', 'Logs');
  const { containers } = window;
  const follow = containers.button('Follow');
  await expect(containers.log.getByText('line 299', { exact: true })).toBeInViewport();
  await containers.log.hover();
  await page.mouse.wheel(0, -2_000);
  await expect(follow).toHaveAttribute('aria-pressed', 'false');
  engine.containers.write('web', ...numbered(300, 320));
  await expect(page.getByText('320 lines')).toBeVisible();
  await expect(containers.log.getByText('line 319', { exact: true })).toHaveCount(0);
  await follow.click();
  await expect(containers.log.getByText('line 319', { exact: true })).toBeInViewport();
  await containers.button('Pause').click();
  await expect.poll(() => engine.containers.logWatchers).toBe(0);
  engine.containers.write('web', ...numbered(320, 330));
  await containers.button('Go on').click();
  await expect(containers.log.getByText('line 329', { exact: true })).toBeInViewport();
  await expect(page.getByText('330 lines')).toBeVisible();
});

test('searching marks, steps and filters, and what is shown can be copied and saved', async ({
  openWith,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const opened = await openWith('full');
  const { engine, window } = opened;
  engine.containers.write(
    'web',
    ...numbered(0, 5),
    line('\u001b[31mtimed\u001b[0m out'),
    ...numbered(5, 400),
    line('TIMED OUT again'),
  );
  await open(opened, 'web', 'Logs');
  const { containers } = window;
  const search = page.getByRole('searchbox', { name: 'Search the log' });
  await search.fill('timed out');
  await expect(page.getByText('2 found')).toBeVisible();
  await expect(containers.log.locator('mark')).toHaveText('TIMED OUT');
  await search.press('Enter');
  await expect(page.getByText('1 of 2')).toBeVisible();
  await expect(containers.log.getByText('timed', { exact: true })).toBeInViewport();
  await containers.button('Only matches').click();
  await expect(containers.log.getByText('line 5', { exact: true })).toHaveCount(0);
  await containers.button('Copy the log').click();
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('timed out\nTIMED OUT again\n');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    containers.button('Download the log').click(),
  ]);
  expect(download.suggestedFilename()).toBe('web.log');
  expect(await readFile(await download.path(), 'utf8')).toBe('timed out\nTIMED OUT again\n');
});

test('a hundred thousand lines are kept and no more, and few are drawn', async ({ openWith, page }) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  engine.containers.write('web', ...numbered(0, 99_000));
  await window.goTo('Containers');
  await window.containers.open('web', 'Logs');
  await page.getByRole('button', { name: 'Up to 10,000 from before' }).click();
  await page.getByRole('menuitem', { name: '100,000 lines' }).click();
  await expect(page.getByText('99,000 lines')).toBeVisible();
  engine.containers.write('web', ...numbered(99_000, 103_000));
  await expect(page.getByText('100,000 lines, 3,000 older ones not kept')).toBeVisible();
  await expect(window.containers.log.getByText('line 102999', { exact: true })).toBeInViewport();
  expect(await window.containers.log.locator('[data-index]').count()).toBeLessThan(120);
});

test('a log that cannot be read says why, and one without lines that there are none', async ({
  openWith,
}) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  const message = 'The log of container "web": its log driver does not support reading.';
  engine.failNext('watchLogs', new EngineError({ code: 'wrong_state', message, hint: 'Use json-file.' }));
  await open(opened, 'web', 'Logs');
  await expect(window.page.getByRole('region', { name: 'Problem' })).toContainText(message);
  await window.containers.back();
  await window.containers.open('one-off', 'Logs');
  await expect(window.page.getByRole('main')).toContainText('It has written nothing yet.');
  await expect(window.page.getByRole('main')).toContainText('the container has ended');
});

test('live plots in real units, measured only while they are looked at', async ({ openWith }) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  const io = { readBytes: 0, writtenBytes: 0, receivedBytes: 0, sentBytes: 0 };
  const memory = { memoryBytes: 300 * 1024 ** 2, memoryLimitBytes: 512 * 1024 ** 2 };
  engine.containers.use('web', { cpuMs: 0, ...memory, processes: 9, ...io });
  await open(opened, 'web', 'Stats');
  const meter = (name: string) => window.page.getByRole('region', { name, exact: true });
  await expect(meter('Memory')).toContainText('300 MiB');
  await expect(meter('Memory')).toContainText('of 512 MiB at most');
  await expect(meter('Processes')).toContainText('9');
  await expect(meter('Disk')).toContainText('0 B/s');
  await expect(meter('Processor')).toContainText('0 cores');
  await window.containers.tab('Overview').click();
  await expect.poll(() => engine.containers.usageWatchers).toBe(0);
});

test('all that Docker says, searched with what it belongs to, and copied whole', async ({
  openWith,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const opened = await openWith('full');
  const { engine, window } = opened;
  engine.containers.inspected = {
    Config: { Env: ['PATH=/bin', 'EVIL=\u202e\u001b[31m'] },
    State: { Pid: 12 },
  };
  await open(opened, 'web', 'Inspect');
  const shown = page.getByRole('region', { name: 'What Docker says of web' });
  await expect(shown).toContainText('"Pid": 12');
  await page.getByRole('searchbox', { name: 'Search the facts' }).fill('path=');
  await expect(page.getByText('4 of 12 lines')).toBeVisible();
  await expect(shown).toContainText('"Env": [');
  await expect(shown).not.toContainText('Pid');
  await window.containers.button('Copy as JSON').click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toMatchObject({ State: { Pid: 12 } });
});

test('folders are walked through, by keyboard too, and a file comes down as it is', async ({
  openWith,
  page,
}) => {
  const entry = (name: string, change: Partial<FileEntry> = {}): FileEntry => ({
    name,
    kind: 'file',
    sizeBytes: 5,
    modifiedAt: Date.UTC(2026, 0, 1),
    mode: 0o644,
    uid: 0,
    gid: 0,
    target: null,
    leadsTo: null,
    ...change,
  });
  const opened = await openWith('full');
  const { engine, window } = opened;
  const { folders, contents } = engine.containers;
  folders.set('/', [
    entry('etc', { kind: 'folder' }),
    entry('run', { kind: 'link', target: '/nowhere' }),
    entry('<img src=x>\u202e.sh'),
    entry('bad\ufffdname'),
  ]);
  folders.set('/etc', [entry('hosts')]);
  contents.set('/etc/hosts', Buffer.from([104, 105, 0, 255]));
  await open(opened, 'web', 'Files');
  const { containers } = window;
  const root = containers.files('/');
  await expect(root).toContainText('<img src=x>.sh');
  await expect(root).toContainText('/nowhere (leads nowhere)');
  await expect(root).toContainText('not UTF-8, cannot be opened');
  await expect(root.getByRole('button', { name: /^Download bad/ })).toHaveCount(0);
  await root.getByRole('row', { name: 'etc' }).focus();
  await page.keyboard.press('Enter');
  await expect(containers.files('/etc')).toContainText('rw-r--r--');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    containers.button('Download hosts').click(),
  ]);
  expect(download.suggestedFilename()).toBe('hosts');
  expect([...(await readFile(await download.path()))]).toEqual([104, 105, 0, 255]);
  await containers.button('Up a folder').click();
  await expect(root).toBeVisible();
  await containers.button('This folder as tar').click();
  await expect(page.getByRole('region', { name: 'Problem' })).toContainText('There is no "/"');
});

test('of a container that does not run, what one knows the path of can be downloaded', async ({
  openWith,
  page,
}) => {
  const opened = await openWith('full');
  opened.engine.containers.contents.set('/var/log/app.log', Buffer.from('the log'));
  await open(opened, 'one-off', 'Files');
  await expect(page.getByRole('main')).toContainText(
    'Folders can be walked through while the container runs.',
  );
  await page.getByLabel('Path in the container').fill('/var/log/app.log');
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(await readFile(await download.path(), 'utf8')).toBe('the log');
});

test('a container that is gone says so, and its page leads back', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('web');
  const web = Object.values(engine.state.containers).find(({ name }) => name === 'web');
  engine.commit({ in: 'containers', key: web?.id ?? '', value: null });
  await expect(page.getByRole('main')).toContainText('There is no such container');
  await window.containers.back();
  await expect(window.containers.row('web')).toHaveCount(0);
});

test('every tab fits a narrow window', async ({ openWith, page }) => {
  await page.setViewportSize({ width: 480, height: 700 });
  const opened = await openWith('full');
  opened.engine.containers.write('web', line('x'.repeat(2_000)));
  opened.engine.containers.folders.set('/', []);
  await opened.window.goTo('Containers');
  const overflow = (): Promise<number> =>
    page.evaluate(() => {
      const main = document.querySelector('main');
      return main ? main.scrollWidth - main.clientWidth : -1;
    });
  expect(await overflow()).toBe(0);
  await opened.window.containers.open('web');
  for (const tab of ['Logs', 'Stats', 'Files', 'Inspect', 'Overview'] as const) {
    await opened.window.containers.tab(tab).click();
    await expect(opened.window.containers.tab(tab)).toHaveAttribute('aria-selected', 'true');
    expect(await overflow(), tab).toBe(0);
  }
});
