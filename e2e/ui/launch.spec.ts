import { EngineError } from '../../engine/base/engine-error.ts';
import { handlerRecord, priceRecord, selfTestRecord } from '../fake/records.ts';
import { expect, type Opened, test } from './ui-test.ts';

/** Opens the launch form of an image from its row. */
async function run({ window }: Opened, image: string): Promise<void> {
  await window.goTo('Images');
  await window.images
    .row(image)
    .getByRole('button', { name: `Run ${image}`, exact: true })
    .click();
}

test('says before the start that it runs emulated, at what price, and offers the native variant', async ({
  openWith,
}) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  const handler = handlerRecord('arm64', 'on', {
    price: priceRecord({ loopFactor: 3.14, emulatedExecMs: 18.2 }),
  });
  engine.commit({ in: 'handlers', key: 'service/arm64', value: handler });
  await run(opened, 'ghcr.io/acme/api:2.4.1');
  const { images } = window;
  await images.field('Platform').selectOption('arm64');
  await expect(images.forecast.getByRole('status')).toHaveText('arm64 runs here, emulated.');
  await expect(images.forecast).toContainText(
    'This machine: arm64 takes about 3.1× as long in loops, and 18 ms per program started',
  );
  await images.forecast.getByRole('button', { name: 'Use amd64' }).click();
  await expect(images.field('Platform')).toHaveValue('amd64');
  await expect(images.forecast.getByRole('status')).toHaveText('amd64 runs natively, at full speed.');
  await expect(images.forecast).toContainText('It is not in the VM yet: starting pulls it.');
  expect(engine.asked).toEqual([]);
});

test('starts what was typed and goes to the container', async ({ openWith }) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  await run(opened, 'alpine:3.20');
  const { images } = window;
  await images.field('Name').fill('hello');
  await images.field('Command').fill(`sh -c "echo hi; uname -m"`);
  await expect(images.dialog.locator('code').filter({ hasText: 'echo hi; uname -m' })).toBeVisible();
  await images.field('Environment').fill('A=1\nB=two words');
  await images.field('Ports').fill('8081:80');
  await images.field('Folders').fill('~/project/site:/srv:ro');
  const unshared = images.dialog.getByRole('list', { name: 'Folders that are not shared' });
  await expect(unshared).toContainText('/home/ada/project/site is not shared with the VM');
  await unshared.getByRole('button', { name: 'Share /home/ada/project/site' }).click();
  await expect(unshared).toHaveCount(0);
  await images.button('Start').click();
  await expect(window.containers.heading('hello')).toBeVisible();
  expect(engine.asked).toEqual([
    'addShare /home/ada/project/site writable',
    `launch ${JSON.stringify({
      image: 'alpine:3.20',
      arch: null,
      name: 'hello',
      command: ['sh', '-c', 'echo hi; uname -m'],
      env: { A: '1', B: 'two words' },
      ports: [{ hostPort: 8081, containerPort: 80 }],
      binds: [{ hostPath: '/home/ada/project/site', containerPath: '/srv', readOnly: true }],
    })}`,
  ]);
});

test('a platform that is off is switched on from the form, and the forecast follows', async ({
  openWith,
}) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  engine.commit({ in: 'handlers', key: 'service/s390x', value: handlerRecord('s390x', 'off') });
  await run(opened, 'acme/ledger:z');
  const { forecast } = window.images;
  await expect(forecast.getByRole('status')).toHaveText('s390x does not run now: its emulation is off.');
  await expect(forecast.getByRole('list', { name: 'Warnings' })).toContainText('the handler is off');
  await expect(window.images.button('Start anyway')).toBeVisible();
  await forecast.getByRole('button', { name: 'Switch s390x on' }).click();
  await expect(forecast.getByRole('status')).toHaveText('s390x runs here, emulated.');
  await expect(window.images.button('Start')).toBeVisible();
  expect(engine.asked).toEqual(['switchOn service s390x']);
});

test('shows warnings with their weight and source, the level, and measures the price', async ({
  openWith,
}) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  const lastTest = selfTestRecord({ isaLevel: 'x86-64-v3' });
  engine.commit({
    in: 'handlers',
    key: 'service/arm64',
    value: handlerRecord('arm64', 'on', { lastTest, price: null }),
  });
  engine.images.forecasts.set('ghcr.io/acme/api:2.4.1', {
    warnings: [
      {
        severity: 'risk',
        text: 'Node before 20 crashes under this emulator.',
        source: 'https://example.org/a',
      },
      { severity: 'note', text: 'It has no native variant <b>here</b>.', source: 'javascript:alert(1)' },
    ],
  });
  await run(opened, 'ghcr.io/acme/api:2.4.1');
  await window.images.field('Platform').selectOption('arm64');
  const { forecast } = window.images;
  const warnings = forecast.getByRole('list', { name: 'Warnings' }).getByRole('listitem');
  await expect(warnings).toHaveText([
    /^Risk: Node before 20/,
    /^Note: It has no native variant <b>here<\/b>\./,
  ]);
  await expect(warnings.first().getByRole('link')).toHaveAttribute('href', 'https://example.org/a');
  await expect(warnings.last().getByRole('link')).toHaveCount(0);
  await expect(forecast).toContainText('level x86-64-v3');
  await forecast.getByRole('button', { name: 'Measure (2 s)' }).click();
  await expect(forecast).toContainText('This machine: arm64 takes about');
  expect(engine.asked).toEqual(['measurePrice service arm64']);
});

test('asks for a forecast when the typing pauses, not at each letter', async ({ openWith, page }) => {
  const { engine, window } = await openWith('running');
  await window.goTo('Images');
  await window.images.runButton.click();
  await expect(window.images.forecast).toContainText('Name an image');
  await window.images.field('Image').pressSequentially('nowhere:1');
  await expect(window.images.forecast.getByRole('status')).toHaveText(
    'nowhere:1 is not in the VM, and its registry did not say what it has.',
  );
  expect(engine.images.forecastsAsked.at(-1)).toBe('nowhere:1 automatic');
  expect(engine.images.forecastsAsked.length).toBeLessThan('nowhere:1'.length);
  const message = 'Cannot read nowhere:1: the registry does not answer.';
  engine.failNext('forecast', new EngineError({ code: 'docker_failed', message }));
  await page.keyboard.type('0');
  await expect(window.images.forecast.getByRole('region', { name: 'Problem' })).toContainText(message);
});

test('a start that fails keeps what was typed', async ({ openWith }) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  await run(opened, 'alpine:3.20');
  const { images } = window;
  await images.field('Name').fill('web');
  await images.field('Ports').fill('8080:80');
  const message = 'Cannot start alpine:3.20: port 8080 is in use.';
  engine.failNext('launch', new EngineError({ code: 'port_taken', message, hint: 'Choose another one.' }));
  await images.button('Start').click();
  await expect(images.dialog.getByRole('region', { name: 'Problem' })).toContainText(message);
  await expect(images.field('Name')).toHaveValue('web');
  await expect(images.field('Ports')).toHaveValue('8080:80');
  await images.field('Ports').fill('8082:80');
  await images.field('Ports').press('Enter');
  await expect(window.containers.heading('web')).toBeVisible();
});

test('what cannot be used is said at its field, and starts nothing', async ({ openWith }) => {
  const opened = await openWith('full');
  const { engine, window } = opened;
  await run(opened, 'alpine:3.20');
  const { images } = window;
  await images.field('Command').fill('sh -c "echo');
  await expect(images.field('Command')).toHaveAccessibleDescription('A " is opened and never closed.');
  await images.field('Environment').fill('oops');
  await expect(images.field('Environment')).toHaveAttribute('aria-invalid', 'true');
  await expect(images.button('Start')).toHaveAttribute('aria-disabled', 'true');
  await images.field('Command').press('Enter');
  expect(engine.asked).toEqual([]);
});
