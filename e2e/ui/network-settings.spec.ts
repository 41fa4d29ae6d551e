import { EngineError } from '../../engine/base/engine-error.ts';
import { readCertificates } from '../../engine/network/certificates.ts';
import { companyCertificate, expiredCertificate } from '../../engine/testing/sample-certificates.ts';
import { expect, test } from './ui-test.ts';

test("opens the host's services to containers, and takes it back", async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  const access = page.getByRole('switch', { name: 'Containers may reach services of this computer' });
  await expect(access).not.toBeChecked();
  await access.click();
  await expect(access).toBeChecked();
  await window.settings.undoSaved.click();
  await expect(access).not.toBeChecked();
  expect(engine.asked).toEqual(['setSettings {"hostAccess":true}', 'setSettings {"hostAccess":false}']);
});

test('a proxy is the one of this computer, none, or typed and checked', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  engine.hostNetwork.found = {
    proxy: {
      from: 'environment',
      http: null,
      https: 'http://me:secret@proxy.acme.example:3128',
      noProxy: '',
    },
    certificates: [],
  };
  await window.goTo('Settings');
  const proxy = page.getByRole('radiogroup', { name: 'Proxy' });
  await expect(proxy).toContainText('Now http://proxy.acme.example:3128, in the environment');
  await proxy.getByRole('radio', { name: 'None' }).click();
  await proxy.getByRole('radio', { name: 'These addresses' }).click();
  const address = window.settings.field('Proxy for https');
  await address.fill('socks5://127.0.0.1:1080');
  await expect(address).toHaveAccessibleDescription(/An http or https address/);
  await address.fill('http://127.0.0.1:3128');
  await window.settings.field('Without a proxy').fill('.acme.example');
  await page.getByRole('button', { name: 'Use this proxy' }).click();
  await expect
    .poll(() => engine.asked)
    .toEqual([
      'setSettings {"proxy":{"from":"none"}}',
      'setSettings {"proxy":{"from":"typed","http":null,"https":"http://127.0.0.1:3128","noProxy":".acme.example"}}',
    ]);
});

test('mirrors are https or on this computer, and a VM that cannot take them over says so', async ({
  openWith,
}) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Settings');
  const mirrors = window.settings.field('Registry mirrors');
  await mirrors.fill('http://mirror.acme.example');
  await expect(mirrors).toHaveAccessibleDescription(/^http:\/\/mirror\.acme\.example: an https address/);
  const message = 'VM "service" does not take the network settings over: exit code 1.';
  engine.failNext('setSettings', new EngineError({ code: 'guest_command_failed', message }));
  await mirrors.fill('https://mirror.acme.example\nhttp://127.0.0.1:5000');
  await window.page.getByRole('button', { name: 'Save mirrors' }).click();
  await expect(window.toast(message)).toBeVisible();
  await expect(mirrors).toHaveValue('https://mirror.acme.example\nhttp://127.0.0.1:5000');
});

test('authorities come from a file or this computer, and bad files are explained', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('running');
  engine.hostNetwork.found = { proxy: null, certificates: readCertificates(companyCertificate) };
  await window.goTo('Settings');
  const card = page.getByRole('region', { name: 'Certificate authorities' });
  const choose = (name: string, text: string) =>
    page
      .getByLabel('File with certificates')
      .setInputFiles({ name, mimeType: 'application/x-pem-file', buffer: Buffer.from(text) });
  await choose('former.pem', expiredCertificate);
  await expect(card).toContainText('The certificate of CN=Former Root expired on 2020-01-01.');
  await choose('holiday.jpg', 'not a certificate');
  await expect(card).toContainText('There is no certificate in it.');
  await expect(card).toContainText('This computer trusts one more');
  await card.getByRole('button', { name: 'Trust it in the VM' }).click();
  const listed = card.getByRole('listitem').filter({ hasText: 'Example Company Root' });
  await expect(listed).toContainText('valid until 2126-');
  await expect(card).not.toContainText('This computer trusts');
  await listed.getByRole('button', { name: /^Remove / }).click();
  await expect(card).toContainText('None added.');
  expect(engine.asked).toEqual([
    `setSettings ${JSON.stringify({ caCertificates: [companyCertificate] })}`,
    'setSettings {"caCertificates":[]}',
  ]);
});
