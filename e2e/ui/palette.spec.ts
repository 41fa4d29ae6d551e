import { expect, test } from './ui-test.ts';

test('goes to screens and containers by typing, without a mouse', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  const { palette } = window;
  await palette.choose('imag');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Images');
  const container = Object.values((await openWith('full')).engine.state.containers)[0];
  await palette.choose(container?.image ?? '');
  await expect(page).toHaveURL(/#\/containers\/[\w.-]+$/);
  await expect(palette.dialog).toHaveCount(0);
});

test('arrows move, Escape leaves and gives the focus back', async ({ openWith, page }) => {
  const { window } = await openWith('running');
  const { palette } = window;
  const link = window.navigation.getByRole('link', { name: 'Images' });
  await link.focus();
  await palette.open();
  await expect(palette.field).toBeFocused();
  const first = await palette.marked.textContent();
  await page.keyboard.press('ArrowDown');
  await expect(palette.marked).not.toHaveText(first ?? '');
  await page.keyboard.type('no such thing anywhere');
  await expect(palette.dialog.getByRole('status')).toHaveText('Nothing here has that name.');
  await page.keyboard.press('Escape');
  await expect(palette.dialog).toHaveCount(0);
  await expect(link).toBeFocused();
});

test('acts on the VM as its state allows, and never shuts containers down unasked', async ({
  openWith,
  page,
}) => {
  const stopped = await openWith('stopped');
  await stopped.window.palette.choose('start vm');
  await expect.poll(() => stopped.engine.asked).toEqual(['startVm service']);
  const full = await openWith('full');
  full.engine.commit({ in: 'settings', value: { ...full.engine.state.settings, stopBy: 'shut-down' } });
  await full.window.goTo('Images');
  await full.window.palette.choose('shut down');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Overview');
  expect(full.engine.asked).toEqual([]);
});

test('names of containers are text, and the button opens it too', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  const [hostile] = Object.values(engine.state.containers);
  if (!hostile) throw new Error('no container');
  const name = '<b>zebra</b>\u202egnp.exe\u001b[2J';
  engine.commit({ in: 'containers', key: hostile.id, value: { ...hostile, name } });
  await page.getByRole('button', { name: 'Search or run' }).click();
  await page.keyboard.type('zebra');
  await expect(window.palette.marked).toContainText('<b>zebra</b>gnp.exe');
});

test('in a terminal Ctrl-K is the shell’s, with Shift it opens', async ({ openWith, page }) => {
  const { window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await page.keyboard.press('Control+k');
  await expect(window.palette.dialog).toHaveCount(0);
  await page.keyboard.press('Control+Shift+K');
  await expect(window.palette.field).toBeFocused();
});

test('stops a container, and starts it again when that was a mistake', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  const web = Object.values(engine.state.containers).find(({ name }) => name === 'web');
  if (!web) throw new Error('no container of that name');
  await window.palette.choose('stop web');
  const news = page.getByRole('region', { name: /Notifications/ });
  await expect(news).toContainText('web was stopped.');
  await news.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => engine.state.containers[web.id]?.state).toBe('running');
  expect(engine.asked).toEqual(['actOnContainer stop web', 'actOnContainer start web']);
});
