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
