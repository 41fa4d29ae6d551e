import { expect, it } from 'vitest';
import { DockerEvent } from '../container-record.ts';
import { hiddenLabels, hiddenName } from '../hidden-containers.ts';
import { dockerActivity } from './docker-activity.ts';

function activity(
  Type: string,
  Action: string,
  Attributes: Record<string, string> = {},
  ID = 'a'.repeat(64),
) {
  const timeNano = 1_800_000_000_123_000_000;
  return dockerActivity(DockerEvent.parse({ Type, Action, Actor: { ID, Attributes }, timeNano }), 'service');
}

it('tells what happened to what, with what is worth knowing', () => {
  expect(activity('container', 'die', { name: 'web', image: 'nginx', exitCode: '137' })).toEqual({
    kind: 'docker',
    vm: 'service',
    at: 1_800_000_000_123,
    type: 'container',
    action: 'die',
    subject: 'a'.repeat(64),
    name: 'web',
    note: 'of nginx, exit code 137',
  });
  expect(activity('container', 'rename', { name: 'new', oldName: '/old' })).toMatchObject({
    note: 'was old',
  });
  expect(activity('builder', 'prune', { reclaimed: '1572864' }, '')).toMatchObject({
    name: '',
    note: '1.5 MiB freed',
  });
  expect(activity('network', 'connect', { name: 'net', container: 'b'.repeat(64) })).toMatchObject({
    note: `container ${'b'.repeat(12)}`,
  });
});

it.each(['exec_create: sh', 'exec_die', 'top', 'attach', 'mount'])('passes over %s', (action) => {
  expect(activity('container', action, { name: 'web' })).toBeUndefined();
});

it('passes over what Foredeck runs for itself, and hides nothing else', () => {
  expect(activity('container', 'start', { name: hiddenName('x'), ...hiddenLabels })).toBeUndefined();
  expect(activity('image', 'untag', { name: `${hiddenName('x')}:latest` })).toBeUndefined();
  expect(activity('container', 'start', { name: 'evil', ...hiddenLabels })).toBeDefined();
  expect(activity('container', 'start', { name: hiddenName('x') })).toBeDefined();
});
