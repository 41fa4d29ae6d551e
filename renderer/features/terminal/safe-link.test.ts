import { expect, it } from 'vitest';
import { safeLink } from './safe-link.ts';

it('lets http and https through and nothing else', () => {
  expect(safeLink('https://example.org/a?b')).toBe('https://example.org/a?b');
  expect(safeLink('http://127.0.0.1:8080')).toBe('http://127.0.0.1:8080/');
  for (const bad of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'foredeck://stop',
    'data:text/html,x',
    'www',
    '',
  ]) {
    expect(safeLink(bad)).toBeNull();
  }
});
