import { expect, test } from 'vitest';
import { Scope } from './scope.ts';

test('closes in reverse order, every step run and awaited, and reports what failed', async () => {
  const scope = new Scope('test');
  const order: string[] = [];
  scope.defer(() => void order.push('first in'));
  scope.defer(() => {
    throw new Error('broken step');
  });
  scope.defer(async () => {
    await Promise.resolve();
    order.push('last in');
  });
  await expect(scope.close()).rejects.toThrow(AggregateError);
  expect(order).toEqual(['last in', 'first in']);
});

test('closes once, whoever asks', async () => {
  const scope = new Scope('test');
  let runs = 0;
  scope.defer(() => {
    runs += 1;
  });
  await Promise.all([scope.close(), scope.close()]);
  expect(runs).toBe(1);
});

test('aborts its signal before the first step and closes its children', async () => {
  const scope = new Scope('parent');
  const child = scope.child('child');
  let abortedFirst = false;
  child.defer(() => {
    abortedFirst = scope.signal.aborted && child.signal.aborted;
  });
  await scope.close();
  expect(abortedFirst).toBe(true);
});

test('gives a late resource back at once', async () => {
  const scope = new Scope('test');
  await scope.close();
  let released = false;
  scope.defer(() => {
    released = true;
  });
  await scope.close();
  expect(released).toBe(true);
});
