import { describe, expect, it } from 'vitest';
import { pathMatcher } from './glob.ts';

describe('pathMatcher', () => {
  it.each([
    ['usr/share/doc', 'usr/share/doc', true],
    ['usr/share/doc', 'usr/share/doc/bash/copyright', true],
    ['usr/share/doc', 'usr/share/doc-base/x', false],
    ['/usr/share/doc/', 'usr/share/doc/x', true],
    ['usr/lib/*/gconv', 'usr/lib/x86_64-linux-gnu/gconv/UTF-16.so', true],
    ['usr/lib/*/gconv', 'usr/lib/a/b/gconv', false],
    ['etc/cron*', 'etc/cron.daily/dpkg', true],
    ['**/*.la', 'usr/lib/deep/down/x.la', true],
    ['**/*.la', 'x.la', true],
    ['usr/**/test', 'usr/a/b/test/c', true],
    ['a.b', 'aXb', false],
    ['g++', 'g++', true],
  ])('%s on %s: %s', (pattern, path, expected) => {
    expect(pathMatcher([pattern])(path)).toBe(expected);
  });

  it('matches nothing without patterns', () => {
    expect(pathMatcher([])('anything')).toBe(false);
  });
});
