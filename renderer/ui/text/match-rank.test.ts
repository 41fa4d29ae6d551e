import { expect, it } from 'vitest';
import { matchRank } from './match-rank.ts';

it('wants every word, in any order and any case', () => {
  expect(matchRank('web open', 'Open a shell in web-1')).toBeGreaterThan(0);
  expect(matchRank('web close', 'Open a shell in web-1')).toBe(0);
  expect(matchRank('', 'anything')).toBeGreaterThan(0);
});

it('puts beginnings first', () => {
  const texts = ['Database', 'my-data', 'metadata'];
  const ranks = texts.map((text) => matchRank('data', text));
  expect(ranks).toEqual([...ranks].sort((a, b) => b - a));
  expect(new Set(ranks).size).toBe(3);
});
