import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { watchForWake } from './watch-for-wake.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a jump of the clock, either way, is a wake, a late timer is not, and an aborted watch tells nothing', () => {
  const stop = new AbortController();
  const onWake = vi.fn();
  watchForWake(stop.signal, { leastMs: 20_000, onWake });
  vi.advanceTimersByTime(60_000);
  vi.setSystemTime(Date.now() + 10_000);
  vi.advanceTimersByTime(5_000);
  expect(onWake).not.toHaveBeenCalled();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(10_000);
  expect(onWake).toHaveBeenCalledTimes(1);
  vi.setSystemTime(Date.now() - 60_000);
  vi.advanceTimersByTime(10_000);
  expect(onWake).toHaveBeenCalledTimes(2);
  stop.abort();
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(10_000);
  expect(onWake).toHaveBeenCalledTimes(2);
  expect(vi.getTimerCount()).toBe(0);
});
