import { expect, it, vi } from 'vitest';
import { navigate, parseRoute } from './route.ts';

it('reads a screen and an item', () => {
  expect(parseRoute('#/containers/0a1b2c')).toEqual({ screen: 'containers', item: '0a1b2c' });
  expect(parseRoute('/terminal')).toEqual({ screen: 'terminal', item: null });
});

it('shows the overview for whatever names no screen, and takes no item it cannot trust', () => {
  for (const hash of ['', '#', '#/', '#/stop', '#token=abc', '#/__proto__/x', 'https://example.org']) {
    expect(parseRoute(hash).screen).toBe('overview');
  }
  expect(parseRoute('#/containers/<b>').item).toBeNull();
  expect(parseRoute(`#/containers/${'a'.repeat(200)}`).item).toBeNull();
});

it('never acts for a link from outside: a container’s terminal is not opened by one', () => {
  const place = { hash: '' };
  vi.stubGlobal('location', place);
  navigate('/terminal/0a1b2c');
  expect(place.hash).toBe('/terminal');
  navigate('/containers/0a1b2c');
  expect(place.hash).toBe('/containers/0a1b2c');
  vi.unstubAllGlobals();
});
