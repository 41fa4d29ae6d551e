import { hostileName } from '../fake/container-records.ts';
import { fillObjects } from '../fake/fill-objects.ts';
import { expect, test } from './ui-test.ts';

test('lists jobs with progress, outcome and reason, and cancels', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Activity');
  const running = window.activity.job('Emulator qemu-arm 10.0.2');
  await expect(running.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '70');
  await expect(running).toContainText('4.2 MiB of 6 MiB · 1.5 MiB/s');
  const failed = window.activity.job('Guest image debian-13 for amd64').filter({ hasText: 'Failed' });
  await expect(failed).toContainText('mirror.example.org does not answer');
  await failed.getByText('Details').click();
  await expect(failed).toContainText('connect ETIMEDOUT 192.0.2.7:443');
  await running.getByRole('button', { name: 'Cancel' }).click();
  await expect(running).toContainText('Cancelled');
  expect(engine.asked).toEqual(['cancelJob emulator-1']);
});

test('says what will appear here while there is nothing', async ({ openWith }) => {
  const { window } = await openWith('running');
  await window.goTo('Activity');
  await expect(window.page.getByRole('heading', { name: 'Nothing has been going on' })).toBeVisible();
});

test('what Docker and the doctor say comes newest first, filtered, with a way there', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('full');
  fillObjects(engine, hostileName);
  await window.goTo('Activity');
  const { activity } = window;
  // One job is under way, which comes first.
  await expect(activity.rows.nth(1)).toContainText('Builder prune · 380.0 MiB freed');
  engine.objects.activity.add({
    kind: 'docker',
    vm: 'service',
    at: Date.now(),
    type: 'container',
    action: 'health_status: unhealthy',
    subject: 'gone',
    name: 'late',
    note: '',
  });
  await expect(activity.rows.nth(1)).toContainText('Container health_status: unhealthy late');
  await activity.show('Doctor');
  await expect(activity.rows).toHaveCount(1);
  await activity.show('Docker');
  await page.getByRole('searchbox', { name: 'Search activity' }).fill('exit code 139');
  await expect(activity.rows).toHaveCount(1);
  await activity.rows.getByRole('link', { name: 'migrate' }).click();
  await expect(page).toHaveURL(/#\/containers\/\w+$/);
});

test('keeps what it knows while the engine is away, and reads the history anew after', async ({
  openWith,
  page,
}) => {
  const { app, engine, window } = await openWith('running');
  fillObjects(engine, hostileName);
  await window.goTo('Activity');
  await expect(window.activity.rows).toHaveCount(9);
  await app.stopEngine();
  await expect(window.statusBar).toContainText('not reachable');
  await expect(window.activity.rows).toHaveCount(9);
  await app.startEngine();
  await page.getByRole('button', { name: 'Retry now' }).click();
  await window.statusBar.getByText('Connected to the engine').waitFor();
  await expect(window.activity.rows).toHaveCount(9);
});
