import { EngineError } from '../../engine/base/engine-error.ts';
import { expect, test } from './ui-test.ts';

test('lists every published port with its container, and opens what a browser can', async ({
  openWith,
  page,
}) => {
  const { window } = await openWith('full');
  await window.goTo('Ports');
  const { ports } = window;
  await expect(page.getByRole('main')).toContainText('12 ports, 1 with a problem');
  const web = ports.row('8080 → 80');
  await expect(web.getByRole('link', { name: '8080 → 80' })).toHaveAttribute(
    'href',
    'http://localhost:8080/',
  );
  await expect(web).toContainText('127.0.0.1 and ::1');
  await expect(web.getByRole('link', { name: 'web', exact: true })).toBeVisible();
  const specific = ports.row('192.168.7.2:6000').getByRole('link', { name: '→ 6000' });
  await expect(specific).toHaveAttribute('href', 'http://192.168.7.2:6000/');
  await expect(ports.row('5353 → 53/udp').getByRole('link', { name: '5353' })).toHaveCount(0);
  await ports.search.fill('builder udp');
  await expect(ports.rows).toHaveCount(1);
  await ports.search.fill('nothing of the kind');
  await expect(page.getByText('No port is called that')).toBeVisible();
});

test('a taken port says by whom, moves with one click, and comes back', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Ports');
  const { ports } = window;
  const blocked = ports.row('9090 → 9090');
  await expect(blocked).toContainText('prometheus (process 4711)');
  await blocked.getByRole('button', { name: 'Try again' }).click();
  await blocked.getByRole('button', { name: 'Choose one…' }).click();
  await ports.dialog.getByLabel('Port of this computer').fill('70000');
  await expect(ports.dialog).toContainText('A whole number from 1 to 65535');
  await ports.dialog.getByLabel('Port of this computer').fill('8080');
  const message = 'Port 127.0.0.1:8080 is taken on this computer by qemu (process 12).';
  engine.failNext('movePort', new EngineError({ code: 'port_taken', message }));
  await ports.dialog.getByRole('button', { name: 'Use it' }).click();
  await expect(ports.dialog).toContainText(message);
  await page.keyboard.press('Escape');
  await blocked.getByRole('button', { name: 'Use another port' }).click();
  const moved = ports.row('instead of 9090');
  await expect(moved.getByRole('link', { name: '49213 → 9090' })).toBeVisible();
  await ports.choose('instead of 9090', 'Use 9090 again');
  await expect(ports.row('9090 → 9090')).toBeVisible();
  expect(engine.asked.map((asked) => asked.replace(/[0-9a-f]{12,}/, 'id'))).toEqual([
    'checkPorts service',
    'movePort id 9090/tcp 8080',
    'movePort id 9090/tcp null',
    'movePortBack id 9090/tcp',
  ]);
});

test('teaches how a port is published, and leads to who can reach it', async ({ openWith, page }) => {
  const { window } = await openWith('running');
  await window.goTo('Ports');
  await expect(page.getByRole('main')).toContainText('run --rm -p 8080:80 nginx');
  const { engine, window: full } = await openWith('full');
  await full.goTo('Ports');
  await page.getByRole('link', { name: 'for this computer only' }).click();
  const share = page.getByRole('switch', { name: 'Share on my network' });
  await expect(share).toBeInViewport();
  await share.click();
  await expect(full.toast('Saved.')).toBeVisible();
  expect(engine.asked).toEqual(['setSettings {"sharePorts":true}']);
});
