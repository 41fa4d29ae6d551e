import type { FakeEngine } from '../fake/fake-engine.ts';
import { expect, test } from './ui-test.ts';

function runningContainer(engine: FakeEngine) {
  const found = Object.values(engine.state.containers).find(({ state }) => state === 'running');
  if (!found) throw new Error('no container runs');
  return found;
}

test('a shell in a container, by its address, by choosing it, and only once', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  const { id, vm, name } = runningContainer(engine);
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/terminal/${id}`);
  await window.terminal.shellSpoke();
  await expect(window.terminal.tabs).toHaveText([name]);
  await expect(page).toHaveURL(/#\/terminal$/);
  expect(engine.asked).toEqual([`openTerminal ${vm} ${id}`]);

  await window.terminal.newButton.click();
  await expect(window.terminal.tabs).toHaveCount(2);
  await window.terminal.openElsewhere('Shell in a container…');
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(window.terminal.tabs.first()).toHaveAttribute('aria-selected', 'true');
  await expect(window.terminal.tabs).toHaveCount(2);

  await page.reload();
  await expect(window.terminal.tabs.first()).toHaveText(name);
  expect(engine.asked.filter((asked) => asked.startsWith('openTerminal'))).toHaveLength(2);
});

test('says so when the container is not there, and opens nothing', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await page.evaluate(() => {
    location.hash = '#/terminal/0123abcd';
  });
  await expect(window.toast('That container is not there any more.')).toBeVisible();
  await expect(window.terminal.openButton).toBeVisible();
  expect(engine.asked).toEqual([]);
});

test('a browser is offered no shell of this computer, and gets none', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Terminal');
  await expect(page.getByRole('button', { name: 'On this computer' })).toHaveCount(0);
  await window.terminal.open();
  await page.getByRole('button', { name: 'Other shells' }).click();
  await expect(page.getByRole('menuitem')).toHaveCount(2);
  const refused = await page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const socket = new WebSocket(`ws://${location.host}/host-shell/${crypto.randomUUID()}/80x24`);
        socket.onclose = ({ code }) => resolve(code);
      }),
  );
  expect(refused).toBe(1006);
});

test('searches what a terminal has shown', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Terminal');
  await window.terminal.open();
  const [terminal] = engine.terminals.values();
  const lines = Array.from(
    { length: 300 },
    (_, line) => `line ${line} ${line % 100 === 7 ? 'needle' : 'hay'}`,
  );
  terminal?.write(`${lines.join('\r\n')}\r\n`);
  await expect(window.terminal.screen).toContainText('line 299');
  await page.keyboard.press('Control+Shift+F');
  await window.terminal.search.fill('needle');
  const count = page.getByRole('search').getByRole('status');
  await expect(count).toHaveText('3 of 3');
  await expect(window.terminal.screen).toContainText('line 207');
  await window.terminal.search.press('Enter');
  await expect(count).toHaveText('2 of 3');
  await expect(window.terminal.screen).toContainText('line 107');
  await window.terminal.search.press('Escape');
  await expect(window.terminal.search).toHaveCount(0);
  await expect(window.terminal.input).toBeFocused();
});
