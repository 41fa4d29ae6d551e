import { expect, it } from 'vitest';
import type { Build } from '../../../contract/builds.ts';
import { buildName, buildNote, stepsNote } from './build-words.ts';

function build(change: Partial<Build> = {}): Build {
  return {
    ref: 'r',
    tags: [],
    image: null,
    target: null,
    dockerfile: null,
    context: null,
    platforms: [],
    status: 'completed',
    startedAt: 0,
    finishedAt: 1,
    error: null,
    steps: { total: 0, done: 0, cached: 0 },
    ...change,
  };
}

it('calls a build by the best name it has', () => {
  expect(buildName(build({ tags: ['a:1', 'b:1'], target: 't' }))).toBe('a:1');
  expect(buildName(build({ target: 'release', context: 'x' }))).toBe('release');
  expect(buildName(build({ context: 'https://example.org/x.git' }))).toBe('https://example.org/x.git');
  expect(buildName(build())).toBe('Build without a name');
});

it('says beside it what the name does not', () => {
  const all = build({
    tags: ['a:1', 'b:1'],
    target: 't',
    dockerfile: 'arm.Dockerfile',
    context: 'c',
    platforms: ['linux/amd64', 'linux/arm64'],
  });
  expect(buildNote(all)).toBe('also b:1 · stage t · arm.Dockerfile · c · linux/amd64, linux/arm64');
  expect(buildNote(build({ context: 'c', dockerfile: 'Dockerfile' }))).toBe('');
});

it('counts steps', () => {
  expect(stepsNote(build())).toBe('');
  expect(stepsNote(build({ steps: { total: 1, done: 1, cached: 0 } }))).toBe('1 step');
  expect(stepsNote(build({ steps: { total: 9, done: 9, cached: 4 } }))).toBe('9 steps, 4 from the cache');
  expect(stepsNote(build({ steps: { total: 9, done: 3, cached: 0 } }))).toBe('3 of 9 steps');
});
