import { EngineError } from '../../engine/base/engine-error.ts';
import { expect, test } from './ui-test.ts';

const ptrace = {
  number: 117,
  name: 'ptrace',
  count: 3,
  errors: { ENOSYS: 3 },
  unsupported: true,
  advice: 'Debuggers and strace use it; a VM of the architecture has it.',
};
const openat = { number: 56, name: 'openat', count: 240, errors: {}, unsupported: false, advice: null };

test('lists what the emulator lacks while it runs, and ends by itself', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('api-arm');
  const { lens } = window.containers;
  await lens.getByRole('button', { name: '10 s' }).click();
  await lens.getByRole('button', { name: 'See which system calls fail' }).click();
  await expect(lens).toContainText('Nothing is missing so far.');
  engine.lens.show({ calls: [ptrace, openat], tail: ['strace: ptrace(PTRACE_TRACEME)\u001b[31m'] });
  await expect(window.containers.call('ptrace')).toContainText('(117)');
  await expect(window.containers.call('ptrace')).toContainText('not in the emulator');
  await expect(window.containers.call('ptrace')).toContainText('ENOSYS × 3');
  await expect(window.containers.call('ptrace')).toContainText('Debuggers and strace use it');
  await expect(window.containers.call('openat')).not.toContainText('not in the emulator');
  await lens.getByText('Its last lines').click();
  await expect(lens).toContainText('strace: ptrace(PTRACE_TRACEME)');
  engine.lens.show({ state: 'exited', exitCode: 1, calls: [ptrace, openat] });
  await expect(lens.getByRole('status')).toHaveText('It ended by itself with exit code 1');
  await expect(lens.getByRole('button', { name: 'Every call' })).toBeVisible();
  expect(engine.asked).toEqual(['watchLens unimp 10']);
  expect(engine.lens.watchers).toBe(0);
});

test('Stop ends it and keeps the list, and so does leaving the page', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('api-arm');
  const { lens } = window.containers;
  engine.lens.show({ calls: [openat], truncated: true });
  await lens.getByRole('button', { name: 'Every call' }).click();
  await expect(window.containers.call('openat')).toContainText('240');
  await expect(lens).toContainText('it printed more than is read here');
  await lens.getByRole('button', { name: 'Stop' }).click();
  await expect(lens.getByRole('status')).toHaveText('Stopped');
  await expect(window.containers.call('openat')).toBeVisible();
  await expect.poll(() => engine.lens.watchers).toBe(0);
  await lens.getByRole('button', { name: 'Every call' }).click();
  await expect.poll(() => engine.lens.watchers).toBe(1);
  await window.containers.back();
  await expect.poll(() => engine.lens.watchers).toBe(0);
  expect(engine.asked).toEqual(['watchLens strace 30', 'watchLens strace 30']);
});

test('a long list shows its first calls, the rest on request', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('api-arm');
  const { lens } = window.containers;
  const calls = Array.from({ length: 30 }, (_, index) => ({
    ...openat,
    number: index,
    name: `call${index}`,
  }));
  engine.lens.show({ state: 'stopped', calls });
  await lens.getByRole('button', { name: 'Every call' }).click();
  await expect(lens.getByRole('row')).toHaveCount(11);
  await lens.getByRole('button', { name: 'Show all 30' }).click();
  await expect(lens.getByRole('row')).toHaveCount(31);
});

test('failures say why: of the copy, and of asking for it', async ({ openWith }) => {
  const { engine, window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('api-arm');
  const { lens } = window.containers;
  engine.lens.show({ state: 'failed', problem: 'The copy could not be started: its volume is in use.' });
  await lens.getByRole('button', { name: 'Every call' }).click();
  await expect(lens.getByRole('region', { name: 'Problem' })).toContainText('its volume is in use');
  const message = 'Cannot observe api-arm: Docker does not answer.';
  engine.failNext('watchLens', new EngineError({ code: 'docker_unreachable', message }));
  await lens.getByRole('button', { name: 'Every call' }).click();
  await expect(lens.getByRole('region', { name: 'Problem' })).toContainText(message);
});

test('a native container has no emulator to look through', async ({ openWith }) => {
  const { window } = await openWith('full');
  await window.goTo('Containers');
  await window.containers.open('web');
  await expect(window.containers.processes('web')).toBeVisible();
  await expect(window.containers.lens).toHaveCount(0);
});
