import { expect, test } from 'vitest';
import { Sessions } from './sessions.ts';

test('a token is worth one key', () => {
  const sessions = new Sessions();
  const token = sessions.issueToken();
  const outcome = sessions.exchange(token);
  expect(outcome).toEqual({ key: expect.stringMatching(/^[\w-]{43}$/) });
  expect(sessions.exchange(token)).toBe('refused');
  expect(typeof outcome === 'object' && sessions.accepts(outcome.key)).toBe(true);
});

test('tokens are no keys, and made-up ones are neither', () => {
  const sessions = new Sessions();
  expect(sessions.accepts(sessions.issueToken())).toBe(false);
  expect(sessions.accepts('')).toBe(false);
  expect(sessions.exchange('')).toBe('refused');
});

test('an address printed long ago gives way to newer ones', () => {
  const sessions = new Sessions();
  const first = sessions.issueToken();
  const newer = Array.from({ length: 8 }, () => sessions.issueToken());
  expect(sessions.exchange(first)).toBe('refused');
  expect(sessions.exchange(newer[0] ?? '')).toHaveProperty('key');
});

test('many wrong tokens make everybody wait for a minute, the right one too', () => {
  const sessions = new Sessions();
  const token = sessions.issueToken();
  for (let wrong = 0; wrong < 20; wrong += 1) expect(sessions.exchange('wrong', 1_000)).toBe('refused');
  expect(sessions.exchange(token, 60_000)).toBe('wait');
  expect(sessions.exchange(token, 61_001)).toHaveProperty('key');
});
