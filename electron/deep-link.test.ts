import { expect, it } from 'vitest';
import { readDeepLink } from './deep-link.ts';

it.each([
  ['foredeck://containers', '/containers'],
  ['foredeck://containers/', '/containers'],
  ['foredeck://containers/0a1b2c', '/containers/0a1b2c'],
  ['FOREDECK://settings', '/settings'],
])('%s shows %s', (link, path) => {
  expect(readDeepLink(link)).toBe(path);
});

it.each([
  '',
  'foredeck:',
  'foredeck:containers/0a1b2c',
  'foredeck:///containers',
  'foredeck://stop/service',
  'foredeck://Containers',
  'foredeck://__proto__/x',
  'foredeck://containers:80/x',
  'foredeck://me@containers/x',
  'foredeck://me:secret@containers/x',
  'foredeck://containers/a/b',
  'foredeck://containers/%2e%2e%2fmain',
  'foredeck://containers/<img src=x onerror=alert(1)>',
  'foredeck://containers/x?action=remove',
  'foredeck://containers/x#/settings',
  'foredeck://containers/x --no-sandbox',
  `foredeck://containers/${'a'.repeat(129)}`,
  `foredeck://containers/${'a'.repeat(300)}`,
  'foredeck-app://ui/index.html',
  'https://containers/x',
  'javascript:alert(1)',
  'file:///etc/passwd',
])('refuses %s', (link) => {
  expect(readDeepLink(link)).toBeNull();
});
