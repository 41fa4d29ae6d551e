import { expect, test } from 'vitest';
import type { Job } from '../contract/records.ts';
import type { State } from '../contract/state.ts';
import { emptyState } from '../engine/testing/empty-state.ts';
import { ProgressReporter } from './progress.ts';

function recorder(isTTY: boolean) {
  let written = '';
  const write = (text: string | Uint8Array): boolean => {
    written += text;
    return true;
  };
  return { output: { isTTY, write } as Pick<NodeJS.WriteStream, 'write' | 'isTTY'>, written: () => written };
}

function withJob(change: Partial<Job>): State {
  const job: Job = {
    id: 'j',
    kind: 'compose-image',
    title: 'Guest image',
    state: 'running',
    phase: 'downloading',
    progress: null,
    startedAt: 0,
    finishedAt: null,
    error: null,
    ...change,
  };
  return { ...emptyState(), jobs: { j: job } };
}

function transfer(doneBytes: number): Job['progress'] {
  return { doneBytes, totalBytes: 2_000_000, bytesPerSecond: 1_500_000 };
}

test('on a terminal a transfer is one line that is written over, ended by the next one', () => {
  const { output, written } = recorder(true);
  const reporter = new ProgressReporter(output);
  reporter.show(emptyState());
  reporter.show(withJob({ progress: transfer(1_000_000) }));
  reporter.show(withJob({ progress: transfer(1_500_000) }));
  reporter.show(withJob({ state: 'done' }));
  expect(written()).toBe(
    'Guest image\n' +
      '\r\u001b[K  downloading: 1.0 MB of 2.0 MB, 1.5 MB/s' +
      '\r\u001b[K  downloading: 1.5 MB of 2.0 MB, 1.5 MB/s' +
      '\r\u001b[K  done\n',
  );
});

test('in a log a transfer is a line now and then', () => {
  const { output, written } = recorder(false);
  const reporter = new ProgressReporter(output);
  reporter.show(emptyState());
  for (let done = 0; done < 100; done += 1) reporter.show(withJob({ progress: transfer(done) }));
  expect(written()).toBe('Guest image\n  downloading: 0 B of 2.0 MB, 1.5 MB/s\n');
});

test('a job that runs already is told, one that has ended is no news', () => {
  const running = recorder(false);
  new ProgressReporter(running.output).show(withJob({ phase: 'unpacking' }));
  expect(running.written()).toBe('Guest image\n  unpacking\n');
  const ended = recorder(false);
  new ProgressReporter(ended.output).show(withJob({ state: 'failed' }));
  expect(ended.written()).toBe('');
});

test('what a guest says cannot act on the terminal', () => {
  const { output, written } = recorder(false);
  const reporter = new ProgressReporter(output);
  reporter.show(emptyState());
  reporter.show(withJob({ title: 'evil\u001b[2J' }));
  expect(written()).not.toContain('\u001b');
});
