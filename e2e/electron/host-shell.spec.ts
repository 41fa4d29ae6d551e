import { connected } from './page-words.ts';
import { expect, test } from './shell-test.ts';

test('a window on this computer has its shell, which talks to the VM’s Docker', async ({
  engine,
  home,
  launch,
}) => {
  expect(engine.pid).toBeGreaterThan(0);
  const page = await (await launch()).firstWindow();
  await expect(connected(page)).toBeVisible();
  await page.getByRole('link', { name: 'Terminal' }).click();
  await page.getByRole('button', { name: 'On this computer' }).click();
  const screen = page.getByRole('tabpanel').locator('.xterm-rows');
  await expect(page.getByRole('tab', { name: 'This computer' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Terminal input' }).pressSequentially('echo "<$DOCKER_HOST>"\n');
  await expect(screen).toContainText(`<unix://${home}/docker.sock>`);

  await page.reload();
  await expect(screen).toContainText(`<unix://${home}/docker.sock>`);
  await page.getByRole('button', { name: /^Close / }).click();
  await expect(page.getByRole('button', { name: 'On this computer' })).toBeVisible();
});
