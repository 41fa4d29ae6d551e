import { expect, test } from 'vitest';
import { orAborted, sleep, withDeadline } from './time.ts';

const never = (signal: AbortSignal): Promise<never> => orAborted(new Promise<never>(() => undefined), signal);

test('a deadline turns into the error it was given', async () => {
  const waiting = withDeadline(
    {
      timeoutMs: 1,
      signal: new AbortController().signal,
      onTimeout: () => ({ code: 'boot_failed', message: 'too late' }),
    },
    never,
  );
  await expect(waiting).rejects.toMatchObject({ code: 'boot_failed', message: 'too late' });
});

test('a cancelled wait stays a cancelled wait', async () => {
  const stop = new AbortController();
  const waiting = withDeadline(
    { timeoutMs: 60_000, signal: stop.signal, onTimeout: () => ({ code: 'internal', message: 'wrong' }) },
    never,
  );
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
});

test('a sleep ends as soon as its signal aborts', async () => {
  const stop = new AbortController();
  const sleeping = sleep(60_000, stop.signal);
  stop.abort();
  await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
});
