import { EngineError } from '../../engine/base/engine-error.ts';
import { expect, test } from './ui-test.ts';

test('every network with its subnet and the containers in it', async ({ openWith, page }) => {
  const { window } = await openWith('full');
  await window.goTo('Networks');
  const { networks } = window;
  await expect(page.getByRole('main')).toContainText('6 networks, 2 unused');
  await expect(networks.row('acme_default')).toContainText('172.18.0.0/16');
  await expect(networks.row('acme_default')).toContainText('api-arm');
  await networks.unfold('acme_default');
  const addresses = networks.row('acme_default').getByRole('list', { name: 'Containers and addresses' });
  await expect(addresses).toContainText('172.18.0.2');
  await expect(addresses).toContainText('not running');
  await expect(networks.row('isolated')).toContainText('internal');
  await expect(networks.row('bridge')).toContainText('Docker’s own');
  await networks.search.fill('172.30 isolated');
  await expect(networks.list.locator(':scope > li')).toHaveCount(1);
});

test('removal names what stands in the way and says what is lost', async ({ openWith, page }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Networks');
  const { networks } = window;
  await networks.choose('acme_default', 'Remove…');
  await expect(networks.confirmation).toContainText('2 containers belong to it');
  await expect(networks.confirmation).toContainText('migrate');
  const remove = networks.confirmation.getByRole('button', { name: 'Remove' });
  await expect(remove).toHaveAttribute('aria-disabled', 'true');
  await networks.confirmation.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'More about bridge', exact: true }).click();
  await expect(page.getByRole('menuitem', { name: 'Remove…' })).toContainText('It is Docker’s own');
  await page.keyboard.press('Escape');
  await networks.choose('isolated', 'Remove…');
  await expect(networks.confirmation).toContainText('no data is in a network');
  await remove.click();
  await expect(networks.row('isolated')).toHaveCount(0);
  expect(engine.asked).toEqual(['removeNetwork isolated']);
});

test('lets a container join and leave, and says why it could not', { tag: '@shell' }, async ({
  openWith,
}) => {
  const { engine, window } = await openWith('full');
  const { page } = window;
  await window.goTo('Networks');
  const { networks } = window;
  await networks.unfold('isolated');
  const row = networks.row('isolated');
  await row.getByRole('button', { name: 'Connect a container…' }).click();
  await page.getByRole('combobox', { name: 'Connect to isolated' }).fill('api');
  const message = 'The container could not be connected to network "isolated": out of addresses.';
  engine.failNext('connectNetwork', new EngineError({ code: 'docker_failed', message }));
  await page.getByRole('option', { name: 'api-arm' }).click();
  await expect(row.getByRole('region', { name: 'Problem' })).toContainText('out of addresses');
  await row.getByRole('button', { name: 'Connect a container…' }).click();
  await page.getByRole('option', { name: 'api-arm' }).click();
  const members = row.getByRole('list', { name: 'Containers and addresses' });
  await expect(members).toContainText('api-arm');
  await members.getByRole('button', { name: 'Disconnect api-arm' }).click();
  await expect(members).toHaveCount(0);
  await networks.unfold('host');
  await expect(networks.row('host').getByRole('button', { name: 'Connect a container…' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});

test('creates one, refuses what is no subnet, and prunes', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Networks');
  const { networks } = window;
  await expect(page.getByRole('main')).toContainText('These three are Docker’s own');
  await networks.createButton.click();
  await networks.field('Name').fill('backend');
  await networks.field('Subnet').fill('172.30.0.0');
  await expect(networks.dialog).toContainText('An IPv4 subnet, such as');
  await networks.field('Subnet').fill('172.30.0.0/16');
  await networks.dialog.getByRole('switch', { name: 'Internal' }).click();
  const message = 'Network "backend" could not be made: Pool overlaps with other one.';
  engine.failNext('createNetwork', new EngineError({ code: 'docker_failed', message }));
  await networks.button('Create').click();
  await expect(networks.dialog).toContainText(message);
  await networks.button('Create').click();
  await expect(networks.row('backend')).toContainText('internal');
  await networks.pruneButton.click();
  await networks.button('Remove 1 network').click();
  await expect(networks.dialog).toContainText('1 network removed.');
  expect(engine.asked).toEqual([
    'createNetwork backend internal 172.30.0.0/16',
    'createNetwork backend internal 172.30.0.0/16',
    'prune networks 1',
  ]);
});

test('says why they could not be read, and where they are while the VM is off', async ({
  openWith,
  page,
}) => {
  const { engine, window } = await openWith('running');
  const message = 'Docker does not answer.';
  engine.failNext('listNetworks', new EngineError({ code: 'docker_unreachable', message }));
  await window.goTo('Networks');
  await expect(window.networks.problem).toContainText(message);
  await window.networks.problem.getByRole('button', { name: 'Try again' }).click();
  await expect(window.networks.problem).toHaveCount(0);
  const { engine: other, window: off } = await openWith('stopped');
  for (const key of Object.keys(other.state.networks)) other.commit({ in: 'networks', key, value: null });
  await off.goTo('Networks');
  await expect(page.getByRole('heading', { name: 'The VM is not running' })).toBeVisible();
});
