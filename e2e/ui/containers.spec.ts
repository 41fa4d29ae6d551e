import { hostileName } from '../fake/container-records.ts';
import { containerRecord, emulatedProcess } from '../fake/records.ts';
import { expect, test } from './ui-test.ts';

test('an empty table teaches the command, and says what it needs first', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Containers');
  const main = window.page.getByRole('main');
  await expect(main).toContainText(
    'docker --context foredeck run --rm --platform linux/arm64 alpine uname -m',
  );
  await expect(main).toContainText('exec format error');
  await main.getByRole('link', { name: 'switch it on' }).click();
  await window.emulation.toggle('arm64').click();
  await expect(window.emulation.toggle('arm64')).toBeChecked();
  await window.goTo('Containers');
  await expect(main).toContainText('Emulation of arm64 is on.');
  expect(engine.asked).toEqual(['switchOn service arm64']);
});

test('says of each container how it runs, and by what', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  await expect(window.containers.row('web')).toContainText('amd64 · native');
  await expect(window.containers.row('web')).toContainText('8080 → 80');
  await expect(window.containers.row('api-arm')).toContainText('arm64 · emulated');
  await expect(window.containers.row('api-arm')).toContainText('qemu-aarch64 10.0.2');
  await expect(window.containers.row('builder')).toContainText('arm64 · mixed');
  await expect(window.containers.row('one-off')).toContainText('s390x, not seen running');
  await expect(window.containers.row('migrate')).toContainText('Exited (139)');
});

test('a container appears, changes and goes as the engine says', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Containers');
  const container = containerRecord({ name: 'hello', arch: 'arm64', execution: 'unknown', state: 'created' });
  engine.commit({ in: 'containers', key: container.id, value: container });
  await expect(window.containers.row('hello')).toContainText('arm64, not seen running');
  engine.commit({
    in: 'containers',
    key: container.id,
    value: { ...container, state: 'running', execution: 'emulated', emulator: 'qemu-aarch64 10.0.2' },
  });
  await expect(window.containers.row('hello')).toContainText('arm64 · emulated');
  engine.commit({ in: 'containers', key: container.id, value: null });
  await expect(window.containers.table).toHaveCount(0);
});

test('shows the live process tree with the emulator folded away', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  expect(engine.processWatchers).toBe(0);
  await window.containers.open('builder');
  const tree = window.containers.processes('builder');
  const rows = tree.getByRole('row');
  await expect(rows).toHaveCount(5);
  await expect(tree.getByRole('row', { name: 'sh -c make -j2 all' })).toHaveAttribute('aria-level', '1');
  await expect(tree.getByRole('row', { name: 'cc1' })).toHaveAttribute('aria-level', '3');
  await expect(tree.getByRole('row', { name: 'cc1' })).toContainText('arm64 · emulated');
  await expect(tree.getByRole('row', { name: 'ccache' })).toContainText('amd64 · native');
  await expect(tree).not.toContainText('qemu-aarch64');
  await window.page.getByRole('button', { name: 'Show the emulator' }).click();
  await expect(tree.getByRole('row', { name: 'cc1' })).toContainText(
    '/usr/bin/qemu-aarch64 /usr/bin/cc1 cc1 -quiet',
  );
  const id = Object.values(engine.state.containers).find((one) => one.name === 'builder')?.id ?? '';
  engine.setProcesses(id, [emulatedProcess(812, 0, ['sh', '-c', 'sleep 1'])]);
  await expect(rows).toHaveCount(2);
  await window.containers.back();
  await expect.poll(() => engine.processWatchers).toBe(0);
});

test('the tree is walked and folded by keyboard', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.row('builder').focus();
  await window.page.keyboard.press('Enter');
  const tree = window.containers.processes('builder');
  const row = (name: string) => tree.getByRole('row', { name });
  await row('sh -c').focus();
  await window.page.keyboard.press('ArrowDown');
  await expect(tree.getByRole('row', { level: 2, expanded: true })).toBeFocused();
  await window.page.keyboard.press('End');
  await expect(row('ccache')).toBeFocused();
  await window.page.keyboard.press('ArrowLeft');
  const make = tree.getByRole('row', { expanded: true, level: 2 });
  await expect(make).toBeFocused();
  await window.page.keyboard.press('ArrowLeft');
  await expect(row('cc1')).toHaveCount(0);
  const folded = tree.getByRole('row', { expanded: false, level: 2 });
  await expect(folded).toBeFocused();
  await window.page.keyboard.press('ArrowRight');
  await expect(row('cc1')).toHaveCount(1);
  await window.page.keyboard.press('Home');
  await expect(row('sh -c')).toBeFocused();
});

test('hostile text stays text', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  const row = window.containers.row(hostileName);
  await expect(row).toContainText(hostileName);
  await expect(row).toContainText('</td><script>');
  await expect(row).toContainText('registry.example/gpj.tnecnonni/red:latest');
  await window.containers.open(hostileName);
  await expect(window.containers.processes(hostileName)).toContainText('<b onclick=alert(1)>nginx');
  const shown = await window.page.getByRole('main').innerText();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through
  expect(shown).not.toMatch(/[\u202a-\u202e\u2066-\u2069\u001b\u0007]/);
  expect(await window.page.locator('main script, main img').count()).toBe(0);
  await expect(window.page).toHaveTitle(`${hostileName} · Foredeck`);
});

test('a name or an image without end does not widen the page', async ({ openWith, page }) => {
  await page.setViewportSize({ width: 900, height: 700 });
  const { window } = await openWith('full');
  await window.goTo('Containers');
  const overflow = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  await page.setViewportSize({ width: 480, height: 700 });
  expect(await overflow()).toBe(0);
});

test('a port that could not be forwarded says why', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  await expect(window.containers.row('metrics').getByLabel('Not forwarded')).toBeVisible();
  await window.containers.open('metrics');
  const problem = window.page.getByRole('region', { name: 'Problem' });
  await expect(problem).toContainText('Port 127.0.0.1:9090 is taken on this computer by prometheus');
  await expect(problem.getByRole('button', { name: 'Use another port' })).toBeVisible();
});

test('a link leads to the page of one container, by its short id too', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  const web = Object.values(engine.state.containers).find((container) => container.name === 'web');
  await page.evaluate(
    (id) => {
      location.hash = `/containers/${id}`;
    },
    web?.id.slice(0, 12),
  );
  await expect(window.containers.processes('web')).toBeVisible();
});
