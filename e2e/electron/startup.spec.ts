import { connected } from './page-words.ts';
import { expect, test } from './shell-test.ts';

test('opens one window, which shows the state of the engine that runs', async ({ engine, launch }) => {
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(page).toHaveTitle('Overview · Foredeck');
  await expect(connected(page)).toBeVisible();
  await expect(page.getByRole('region', { name: 'Service VM' })).toContainText('Stopped');

  await engine.client.calls.vm.start({ vm: 'service' });
  await expect(page.getByRole('region', { name: 'Service VM' })).toContainText('Running');

  const windows = await shell.evaluate(
    ({ BrowserWindow }) =>
      BrowserWindow.getAllWindows().map((window) => ({
        visible: window.isVisible(),
        url: window.webContents.getURL(),
      })),
    null,
  );
  expect(windows).toEqual([
    { visible: true, url: expect.stringMatching(/^foredeck-app:\/\/ui\/index\.html/) },
  ]);
});

test('the page has the bridge and nothing of Node', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  const found = await page.evaluate(() => ({
    bridge: Object.keys(window.foredeck ?? {}).sort(),
    frozen: Object.isFrozen(window.foredeck),
    platform: window.foredeck?.platform,
    node: ['require', 'process', 'module', 'Buffer', 'ipcRenderer'].filter((name) => name in window),
    secure: isSecureContext,
  }));
  expect(found).toEqual({
    bridge: ['chooseFolder', 'onNavigate', 'openStream', 'platform', 'setZoom'],
    frozen: true,
    platform: process.platform,
    node: [],
    secure: true,
  });
});

test('the menu shows screens', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await shell.evaluate(({ Menu }) => {
    const go = Menu.getApplicationMenu()?.items.find((item) => item.label === 'Go');
    go?.submenu?.items.find((item) => item.label === 'Settings')?.click();
  }, null);
  await expect(page).toHaveURL(/#\/settings$/);
});
