import { expect, test } from 'vitest';
import type { Container } from '../contract/records.ts';
import type { State } from '../contract/state.ts';
import { findContainer } from './find-container.ts';

const named = (vm: string, id: string, name: string): Container => ({ vm, id, name }) as Container;
const containers = [
  named('service', 'abc111', 'web'),
  named('service', 'abc222', 'db'),
  named('service', 'fff333', 'abc'),
  named('other', 'eee444', 'web'),
];
const state = { containers: Object.fromEntries(containers.map((one) => [one.id, one])) } as unknown as State;

test.each([
  ['web', 'abc111'],
  ['abc2', 'abc222'],
  ['abc', 'fff333'],
])('%s names one container', (word, id) => {
  expect(findContainer(state, 'service', word).id).toBe(id);
});

test.each([
  ['ab', 'More than one container'],
  ['eee', 'has no container "eee"'],
  ['', 'has no container ""'],
])('%j names none', (word, message) => {
  expect(() => findContainer(state, 'service', word)).toThrow(message);
});
