import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { processesMarked } from './processes-marked.mjs';
import { readReport } from './suites.mjs';

test("each runner's report is counted, flaky as failed, and what failed is named", () => {
  const assertionResults = [
    { status: 'passed', fullName: 'holds' },
    { status: 'failed', fullName: 'group breaks' },
  ];
  const vitest = {
    ...{ numPassedTests: 7, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1 },
    testResults: [{ name: '/any/where/x.test.ts', assertionResults }],
  };
  expect(readReport('vitest', vitest)).toEqual({
    ...{ passed: 7, failed: 1, skipped: 3 },
    failures: ['x.test.ts: group breaks'],
  });
  const spec = (title, status) => ({ title, tests: [{ status }] });
  const group = { file: 'y.spec.ts', specs: [spec('wavers', 'flaky'), spec('holds', 'expected')] };
  const playwright = {
    stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 4 },
    suites: [{ file: 'y.spec.ts', specs: [spec('breaks', 'unexpected')], suites: [group] }],
  };
  expect(readReport('playwright', playwright)).toEqual({
    ...{ passed: 5, failed: 2, skipped: 4 },
    failures: ['y.spec.ts: breaks', 'y.spec.ts: wavers'],
  });
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
