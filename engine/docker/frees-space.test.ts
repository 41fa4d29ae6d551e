import { expect, it } from 'vitest';
import { DockerEvent } from './container-record.ts';
import { freesSpace } from './frees-space.ts';
import { hiddenLabels, hiddenName } from './hidden-containers.ts';

function event(Type: string, Action: string, Attributes: Record<string, string> = {}): DockerEvent {
  return DockerEvent.parse({ Type, Action, Actor: { ID: 'a', Attributes } });
}

it.each([
  ['image', 'delete'],
  ['container', 'destroy'],
  ['volume', 'prune'],
  ['builder', 'prune'],
])('counts %s %s', (type, action) => {
  expect(freesSpace(event(type, action))).toBe(true);
});

it.each([
  ['network', 'destroy'],
  ['container', 'die'],
  ['image', 'untag'],
])('passes over %s %s', (type, action) => {
  expect(freesSpace(event(type, action))).toBe(false);
});

it('passes over what is ours', () => {
  expect(freesSpace(event('container', 'destroy', { name: hiddenName('x'), ...hiddenLabels }))).toBe(false);
});
