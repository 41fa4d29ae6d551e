import { EngineError } from '../../engine/base/engine-error.ts';
import { expect, test } from './ui-test.ts';

test('lead from a stopped VM to a running foreign container, with the keyboard alone', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('stopped');
  const steps = page.getByRole('list', { name: 'First steps' });
  const press = async (name: string): Promise<void> => {
    const button = steps.getByRole('button', { name });
    await button.focus();
    await page.keyboard.press('Enter');
  };
  await press('Start the VM');
  await expect(steps.getByText('containers see no file of this computer')).toBeVisible();
  await press('Share /home/ada');
  await press('Switch arm64 on');
  engine.failNext(
    'sampleImage',
    new EngineError({ code: 'mirror_unreachable', message: 'No mirror answered.' }),
  );
  await press('Make the image');
  await expect(steps.getByText('No mirror answered.')).toBeVisible();
  await press('Make the image');
  await press('Run it');
  const region = page.getByRole('region', { name: 'First steps' });
  await expect(region.getByRole('status')).toContainText('runs:');
  await expect(region).toContainText('5 of 5 done');
  expect(engine.asked.map((asked) => asked.split(' ')[0])).toEqual([
    'startVm',
    'addShare',
    'switchOn',
    'sampleImage',
    'sampleImage',
    'launch',
  ]);
  await region.getByRole('link', { name: 'Open a shell in it' }).click();
  await window.terminal.shellSpoke();
});

test('can be put away, which can be taken back, and asked for again', async ({ openWith, page }) => {
  const { window } = await openWith('running');
  const region = page.getByRole('region', { name: 'First steps' });
  await region.getByRole('button', { name: 'Hide the first steps' }).click();
  await expect(region).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(region).toBeVisible();
  await region.getByRole('button', { name: 'Hide the first steps' }).click();
  await page.reload();
  await expect(window.overview.state).toHaveText('Running');
  await expect(region).toHaveCount(0);
  await window.palette.choose('first steps');
  await expect(region).toBeVisible();
});

test('are not offered to who has foreign containers', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await expect(window.overview.state).toHaveText('Running');
  await expect(page.getByRole('region', { name: 'First steps' })).toHaveCount(0);
});
