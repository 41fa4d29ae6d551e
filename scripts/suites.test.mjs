import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processesMarked } from './processes-marked.mjs';
import { readReport } from './suites.mjs';

test("each runner's report is counted, flaky as failed", () => {
  const vitest = { numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 };
  expect(readReport('vitest', vitest)).toEqual({ passed: 7, failed: 1, skipped: 3 });
  const playwright = { stats: { expected: 5, unexpected: 1, flaky: 2, skipped: 4 } };
  expect(readReport('playwright', playwright)).toEqual({ passed: 5, failed: 3, skipped: 4 });
});

test('what a run started is found by its mark, also when it was detached', async () => {
  const mark = randomUUID();
  const child = spawn('sleep', ['600'], { detached: true, env: { ...process.env, FOREDECK_TEST_RUN: mark } });
  await once(child, 'spawn');
  await expect.poll(() => processesMarked(mark)).toEqual([{ pid: child.pid, command: 'sleep 600' }]);
  const exited = once(child, 'exit');
  child.kill();
  await exited;
  expect(processesMarked(mark)).toEqual([]);
});
