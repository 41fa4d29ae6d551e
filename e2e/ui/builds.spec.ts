import { dockerImageKey } from '../../contract/docker-images.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import { hostileName } from '../fake/container-records.ts';
import { fillObjects } from '../fake/fill-objects.ts';
import { dockerImageRecord } from '../fake/image-records.ts';
import { buildRecord } from '../fake/object-records.ts';
import { expect, test } from './ui-test.ts';

test('builds with how they went, their steps and their log', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  fillObjects(engine, hostileName);
  await window.goTo('Builds');
  const builds = page.getByRole('list', { name: 'Builds' }).locator(':scope > li');
  await expect(page.getByRole('main')).toContainText('4 builds, 1 under way');
  await expect(builds.nth(0)).toContainText('release');
  await expect(builds.nth(0)).toContainText('Building');
  await expect(builds.nth(1)).toContainText('linux/amd64, linux/arm64');
  await expect(builds.nth(1)).toContainText('9 steps, 4 from the cache');
  await expect(builds.nth(3)).toContainText('Cancelled');
  await builds.nth(2).getByRole('button', { name: 'Details of acme/report:8' }).click();
  const steps = builds.nth(2).getByRole('list', { name: 'Steps' }).getByRole('listitem');
  await expect(steps).toHaveCount(4);
  await expect(steps.nth(1)).toContainText('from the cache');
  await expect(steps.nth(3)).toContainText('exit code: 2');
  await expect(builds.nth(2).getByLabel('Log', { exact: true })).toContainText(hostileName);
  const image = dockerImageRecord({ tags: ['fresh:1'] });
  engine.commit({ in: 'dockerImages', key: dockerImageKey(image.vm, image.id), value: image });
  engine.objects.setBuilds([buildRecord({ ref: 'new', tags: [], image: image.id })]);
  await expect(builds).toHaveCount(1);
  await page.getByRole('button', { name: 'More about fresh:1' }).click();
  await page.getByRole('menuitem', { name: 'Forget' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing has been built here yet' })).toBeVisible();
  expect(engine.asked).toEqual(['forgetBuild new']);
});

test('the cache says what it takes and is pruned after showing what goes', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  fillObjects(engine, hostileName);
  await window.goTo('Builds');
  const cache = page.getByRole('region', { name: 'Build cache' });
  await expect(cache).toContainText('466 MiB, of which 382 MiB can be freed');
  await expect(cache.getByRole('row').nth(1)).toContainText('build-essential');
  await cache.getByRole('button', { name: 'Prune…' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('The next builds do these steps again.');
  const release = engine.hold('prune');
  await dialog.getByRole('button', { name: /^Remove 3 entries, / }).click();
  await expect(dialog.getByRole('button', { name: 'Go on in the background' })).toBeVisible();
  release();
  await expect(dialog).toContainText('3 entries removed');
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(cache).toContainText('84 MiB, of which 0 B can be freed');
});

test('says why the history or the cache could not be read, and where they are while the VM is off', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('running');
  const history = 'This Docker tells nothing of its builds: page not found.';
  engine.failNext('watchBuilds', new EngineError({ code: 'docker_failed', message: history }));
  const message = 'Docker could not say what takes how much space.';
  engine.failNext('buildCache', new EngineError({ code: 'docker_failed', message }));
  await window.goTo('Builds');
  await expect(page.getByRole('main')).toContainText(history);
  await expect(page.getByRole('main')).toContainText(message);
  await page.getByRole('button', { name: 'Measure again' }).click();
  await expect(page.getByRole('main')).toContainText('Empty: nothing has been built here');
  const { window: off } = await openWith('stopped');
  await off.goTo('Builds');
  await expect(page.getByRole('heading', { name: 'The VM is not running' })).toBeVisible();
});
