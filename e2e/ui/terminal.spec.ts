import type { FakeEngine } from '../fake/fake-engine.ts';
import type { FakeTerminal } from '../fake/fake-terminal.ts';
import { expect, test } from './ui-test.ts';

function onlyTerminal(engine: FakeEngine): FakeTerminal {
  const [terminal] = engine.terminals.values();
  if (!terminal) throw new Error('no terminal is open');
  return terminal;
}

test('runs a command in the VM, in the size of the window', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await window.terminal.run('uname -m');
  await expect(window.terminal.screen).toContainText('x86_64');
  const { cols } = onlyTerminal(engine).size;
  await page.setViewportSize({ width: 800, height: 600 });
  await expect.poll(() => onlyTerminal(engine).size.cols).toBeLessThan(cols);
});

test('carries bytes that are not ASCII both ways', async ({ openWith }) => {
  const { window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await window.terminal.run('echo ünïcödé Ωμέγα');
  await expect(window.terminal.screen)
    .toContainText('not found')
    .catch(() => undefined);
  await expect(window.terminal.screen.getByText('ünïcödé Ωμέγα')).toHaveCount(2);
});

test('is the same session after looking elsewhere, after a reload and after a broken connection', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await window.terminal.run('echo remember me');
  await expect(window.terminal.screen.getByText('remember me').nth(1)).toBeVisible();
  await window.goTo('Containers');
  onlyTerminal(engine).write('meanwhile\r\n');
  await window.goTo('Terminal');
  await expect(window.terminal.screen).toContainText('meanwhile');
  expect(onlyTerminal(engine).attachCount).toBe(1);

  await page.reload();
  await expect(window.terminal.screen.getByText('remember me').nth(1)).toBeVisible();
  expect(onlyTerminal(engine).attachCount).toBe(2);

  onlyTerminal(engine).drop();
  await expect.poll(() => onlyTerminal(engine).attachCount).toBe(3);
  await window.terminal.run('uname -m');
  await expect(window.terminal.screen).toContainText('x86_64');
  await expect(window.terminal.screen.getByText('remember me')).toHaveCount(2);
  expect(engine.terminals.size).toBe(1);
});

test('shows how a session ended and starts a new one', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await window.terminal.run('exit 3');
  await expect(window.terminal.notice).toContainText('exit code 3');
  await window.page.getByRole('button', { name: 'New session' }).click();
  await expect(window.terminal.tabs).toHaveCount(1);
  await expect(window.terminal.screen).toContainText('root@foredeck');
  await expect(window.terminal.notice).toHaveCount(0);
  expect(engine.terminals.size).toBe(2);
});

test('has several tabs, each its own, and closing one ends it', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await window.terminal.run('echo first');
  await window.terminal.newButton.click();
  await expect(window.terminal.tabs).toHaveCount(2);
  await window.terminal.shellSpoke();
  await expect(window.terminal.input).toBeFocused();
  await window.terminal.run('echo second');
  await expect(window.terminal.screen).toContainText('second');
  await expect(window.terminal.screen).not.toContainText('first');
  await window.terminal.tabs.first().click();
  await expect(window.terminal.screen).toContainText('first');
  await page
    .getByRole('button', { name: /^Close / })
    .first()
    .click();
  await expect(window.terminal.tabs).toHaveCount(1);
  await expect(window.terminal.screen).toContainText('second');
  await expect.poll(() => engine.terminals.size).toBe(1);
});

test('output cannot reach the clipboard, and only http links are links', async ({
  openWith,
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const { engine, window } = await openWith('running');
  await page.evaluate(() => navigator.clipboard.writeText('mine'));
  await window.goTo('Terminal');
  await window.terminal.open();
  const osc52 = `\u001b]52;c;${Buffer.from('stolen').toString('base64')}\u0007`;
  const osc8 = '\u001b]8;;javascript:document.title=1\u0007press me\u001b]8;;\u0007';
  onlyTerminal(engine).write(`${osc52}${osc8} end of output\r\n`);
  await expect(window.terminal.screen).toContainText('end of output');
  await window.terminal.screen.getByText('press me').click({ force: true });
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('mine');
  expect(context.pages()).toHaveLength(1);
  await expect(page).toHaveTitle('Terminal · Foredeck');
});

test('Shift+Escape leaves the terminal, whose Tab belongs to the shell; Delete closes its tab', async ({
  openWith,
  page,
}) => {
  const { window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  await page.keyboard.press('Shift+Escape');
  await expect(window.terminal.tabs.first()).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(window.terminal.openButton).toBeVisible();
});

test('cannot be opened while the VM is down', async ({ openWith }) => {
  const { engine, window } = await openWith('stopped');
  await window.goTo('Terminal');
  await expect(window.terminal.openButton).toHaveAttribute('aria-disabled', 'true');
  await window.terminal.openButton.click({ force: true });
  expect(engine.asked).toEqual([]);
});
