import { EngineError } from '../../engine/base/engine-error.ts';
import { scenario } from '../fake/scenarios.ts';
import { expect, test } from './ui-test.ts';

test('every image with its platforms and how each would run', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Images');
  const { images } = window;
  await expect(images.row('alpine:3.20')).toContainText('also alpine:latest');
  await expect(images.row('alpine:3.20')).toContainText('7.5 MiB');
  const platforms = images.platforms('alpine:3.20');
  await expect(platforms).toContainText('amd64 · native');
  await expect(platforms).toContainText('arm64 · emulated');
  await expect(platforms).toContainText('386 native, not pulled');
  await expect(platforms).toContainText('and 3 more');
  await expect(images.platforms('acme/ledger:z')).toContainText('s390x · off');
  await expect(images.platforms('acme/module:wasm')).toContainText('wasi/wasmliam · unsupported');
  await expect(images.row('acme/module:wasm')).toContainText('age not known');
  await expect(images.row('untagged')).toContainText('sha256:');
});

test('unfolded, each platform says what can be done with it', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Images');
  const row = window.images.row('alpine:3.20');
  await row.getByRole('button', { name: 'Details of alpine:3.20' }).click();
  const platform = (name: string) =>
    row.getByRole('list', { name: 'Its platforms' }).getByRole('listitem').filter({ hasText: name });
  await expect(row.getByRole('list', { name: 'Its platforms' }).getByRole('listitem')).toHaveCount(8);
  await platform('arm/v7').getByRole('button', { name: 'Pull arm/v7' }).click();
  await expect(window.images.field('Image')).toHaveValue('alpine:3.20');
  await expect(window.images.field('Platform')).toHaveValue('arm/v7');
  await window.images.button('Close').first().click();
  await platform('s390x').getByRole('button', { name: 'Switch s390x on' }).click();
  await platform('arm64').getByRole('button', { name: 'Run arm64' }).click();
  await expect(window.images.field('Platform')).toHaveValue('arm64');
  expect(engine.asked).toEqual(['switchOn service s390x']);
});

test('search narrows the list down by name and by platform', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Images');
  await window.images.search.fill('acme s390x');
  await expect(window.images.row('acme/ledger:z')).toBeVisible();
  await expect(window.images.row('acme/everywhere:1')).toBeVisible();
  await expect(window.images.row('alpine:3.20')).toHaveCount(0);
  await window.images.search.fill('nothing like it');
  await expect(page.getByRole('heading', { name: 'No image is called that' })).toBeVisible();
  await page.getByRole('button', { name: 'Show all' }).click();
  await expect(window.images.row('alpine:3.20')).toBeVisible();
});

test('an empty page says what to do next', async ({ openWith }) => {
  const { window } = await openWith('running');
  await window.goTo('Images');
  await expect(window.page.getByRole('heading', { name: 'No images yet' })).toBeVisible();
  await expect(window.page.getByRole('main')).toContainText(
    'docker --context foredeck build --platform linux/amd64,linux/arm64 --tag mine:1 .',
  );
});

test('says that it reads, and why it could not', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  const release = engine.hold('listDockerImages');
  const message = 'Cannot list the images: containerd does not answer.';
  engine.failNext('listDockerImages', new EngineError({ code: 'docker_failed', message }));
  await window.goTo('Images');
  await expect(window.page.getByRole('main')).toContainText('Reading the images…');
  release();
  const problem = window.page.getByRole('main').getByRole('region', { name: 'Problem' });
  await expect(problem).toContainText(message);
  await problem.getByRole('button', { name: 'Try again' }).click();
  await expect(window.page.getByRole('heading', { name: 'No images yet' })).toBeVisible();
  await expect(problem).toHaveCount(0);
});

test('while the VM is off, what it had stays, and nothing can be changed', async ({ openWith }) => {
  const { window } = await openWith({ ...scenario('full'), vms: scenario('stopped').vms });
  await window.goTo('Images');
  await expect(window.page.getByRole('main')).toContainText('When last heard of: 7 images');
  await window.images.pullButton.click();
  await window.images.field('Image').fill('alpine');
  await expect(window.images.button('Pull')).toHaveAttribute('aria-disabled', 'true');
});

test('a stopped VM without known images leads to the switch', async ({ openWith }) => {
  const { window } = await openWith('stopped');
  await window.goTo('Images');
  await window.page.getByRole('main').getByRole('link', { name: 'start it on the overview' }).click();
  await expect(window.overview.state).toHaveText('Stopped');
});

test('pulls a platform with progress, and cancels without losing what was typed', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Images');
  const { images } = window;
  await images.pullButton.click();
  await expect(images.button('Pull')).toHaveAttribute('aria-disabled', 'true');
  await images.field('Image').fill('redis:8');
  await images.field('Platform').selectOption('riscv64');
  await expect(images.dialog).toContainText('Emulation of riscv64 is off');
  const release = engine.hold('pullImage');
  await images.field('Image').press('Enter');
  await expect(images.dialog.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '37');
  await images.button('Cancel').click();
  await expect(images.button('Pull')).not.toHaveAttribute('aria-busy');
  await expect(images.field('Image')).toHaveValue('redis:8');
  await expect(images.dialog.getByRole('region', { name: 'Problem' })).toHaveCount(0);
  release();
  await images.button('Pull').click();
  await expect(images.dialog).toHaveCount(0);
  await expect(images.platforms('redis:8')).toContainText('riscv64 · off');
  expect(engine.asked).toEqual([
    'pullImage redis:8 riscv64',
    'cancelJob docker-image-1',
    'pullImage redis:8 riscv64',
  ]);
});

test('a pull goes on in the background', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Images');
  await window.images.pullButton.click();
  await window.images.field('Image').fill('redis:8');
  const release = engine.hold('pullImage');
  await window.images.button('Pull').click();
  await window.images.button('Go on in the background').click();
  await expect(window.images.dialog).toHaveCount(0);
  await window.images.importButton.click();
  release();
  await expect(window.images.list).toContainText('redis:8');
  // What was hidden must not close what was opened since.
  await expect(window.images.dialog).toBeVisible();
});

test('a failed import keeps the form and says why in it', async ({ openWith }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Images');
  const { images } = window;
  await images.importButton.click();
  await images.field('Archive').fill('/home/ada/rootfs.tar');
  await images.field('Image').fill('mine/rootfs:1');
  await images.field('Platform').selectOption('arm64');
  const message = 'Cannot import /home/ada/rootfs.tar: it is not a tar archive.';
  engine.failNext('importImage', new EngineError({ code: 'bad_input', message }));
  await images.button('Import').click();
  await expect(images.dialog.getByRole('region', { name: 'Problem' })).toContainText(message);
  await expect(images.field('Archive')).toHaveValue('/home/ada/rootfs.tar');
  await images.button('Import').click();
  await expect(images.row('mine/rootfs:1')).toBeVisible();
  expect(engine.asked.at(-1)).toBe('importImage /home/ada/rootfs.tar mine/rootfs:1 arm64');
});

test('removing says what goes, and a refusal stays in the row', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Images');
  const { images } = window;
  await images.choose('alpine:3.20', 'Remove alpine:latest…');
  await expect(images.confirmation).toContainText('Only this name goes: the image stays as alpine:3.20.');
  await images.confirmation.getByRole('button', { name: 'Remove' }).click();
  await expect(images.row('alpine:3.20')).not.toContainText('also');
  const message = 'Cannot remove acme/ledger:z: the container ledger uses it.';
  engine.failNext('removeImage', new EngineError({ code: 'wrong_state', message }));
  await images.choose('acme/ledger:z', 'Remove acme/ledger:z…');
  await expect(images.confirmation).toContainText('The image goes with its last name: one platform, 96 MiB.');
  await images.confirmation.getByRole('button', { name: 'Remove' }).click();
  await expect(images.row('acme/ledger:z')).toContainText(message);
  expect(engine.asked).toEqual(['removeImage alpine:latest', 'removeImage acme/ledger:z']);
});

test('prunes what no container uses, with what it takes said before', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Images');
  await page.getByRole('main').getByRole('button', { name: 'Prune…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('radio', { name: 'Every unused image' }).click();
  await expect(dialog).toContainText(/[\d.]+ [KMG]iB in all/);
  await dialog.getByRole('button', { name: /^Remove \d+ images?, / }).click();
  await expect(dialog).toContainText(/\d+ images? removed/);
  expect(engine.asked).toEqual([expect.stringMatching(/^prune images \d+$/)]);
});

test('hostile names stay text and widen nothing', async ({ openWith, page }) => {
  await page.setViewportSize({ width: 480, height: 800 });
  const { window } = await openWith('full');
  await window.goTo('Images');
  await expect(window.images.row('registry.example/gpj.tnecnonni/red:latest')).toBeVisible();
  const overflow = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(await overflow()).toBe(0);
  await window.images.row('alpine:3.20').getByRole('button', { name: 'Details of alpine:3.20' }).click();
  expect(await overflow()).toBe(0);
});
