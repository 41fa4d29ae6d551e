import { expect, test } from './shell-test.ts';

test('opens a window that shows the state of the engine', async ({ engine, launch }) => {
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(page).toHaveTitle('Foredeck');
  await expect(page.getByRole('status')).toContainText('Connected to the engine');
  expect(engine.client.started).toBe(false);

  const window = await shell.evaluate(({ BrowserWindow }) => {
    const [first] = BrowserWindow.getAllWindows();
    return {
      count: BrowserWindow.getAllWindows().length,
      visible: first?.isVisible(),
      url: first?.webContents.getURL(),
    };
  }, null);
  expect(window).toEqual({
    count: 1,
    visible: true,
    url: expect.stringMatching(/^foredeck-app:\/\/ui\/index\.html/),
  });
});
