import { expect, test } from 'vitest';
import { Publisher } from './publisher.ts';

test('a subscriber gets everything published after it subscribed, in order', async () => {
  const publisher = new Publisher<number>();
  const stop = new AbortController();
  const values = publisher.subscribe(stop.signal);
  publisher.publish(1);
  publisher.publish(2);
  expect((await values.next()).value).toBe(1);
  expect((await values.next()).value).toBe(2);
  stop.abort();
  expect((await values.next()).done).toBe(true);
});

test('nothing listens any more once the signal has aborted, read or not', async () => {
  const publisher = new Publisher<number>();
  const stop = new AbortController();
  publisher.subscribe(stop.signal);
  const read = publisher.subscribe(stop.signal);
  const next = read.next();
  expect(publisher.listenerCount).toBe(2);
  stop.abort();
  expect((await next).done).toBe(true);
  expect(publisher.listenerCount).toBe(0);
});

test('leaving the loop releases the subscription', async () => {
  const publisher = new Publisher<string>();
  const values = publisher.subscribe(new AbortController().signal);
  publisher.publish('once');
  for await (const value of values) {
    expect(value).toBe('once');
    break;
  }
  expect(publisher.listenerCount).toBe(0);
});
