import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { processesMarked } from './processes-marked.mjs';

/**
 * A part of the tests. `report` says how to count: the runner's own JSON, or the command as one test.
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {string[]} command run with the project's Node
 * @property {'vitest' | 'playwright' | 'exit'} report
 * @property {number} timeoutMs nothing takes this long; a hang must end
 */

const minuteMs = 60_000;

/** Processes that are on their way out when their suite ends have this long. */
const endingMs = 3_000;

/** @type {Record<string, Suite>} */
export const suites = {
  lint: {
    name: 'format and lint',
    command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '--error-on-warnings', '.'],
    report: 'exit',
    timeoutMs: 5 * minuteMs,
  },
  types: {
    name: 'types',
    command: ['node_modules/typescript/bin/tsc', '-b'],
    report: 'exit',
    timeoutMs: 5 * minuteMs,
  },
  unit: {
    name: 'unit',
    command: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit'],
    report: 'vitest',
    timeoutMs: 10 * minuteMs,
  },
  build: {
    name: 'build',
    command: ['node_modules/electron-vite/bin/electron-vite.js', 'build', '--logLevel', 'warn'],
    report: 'exit',
    timeoutMs: 5 * minuteMs,
  },
  ui: {
    name: 'user interface with a fake engine',
    command: ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/ui'],
    report: 'playwright',
    timeoutMs: 10 * minuteMs,
  },
  electron: {
    name: 'Electron shell',
    command: ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/electron'],
    report: 'playwright',
    timeoutMs: 10 * minuteMs,
  },
  integration: {
    name: 'integration',
    command: ['node_modules/vitest/vitest.mjs', 'run', '--project', 'integration'],
    report: 'vitest',
    timeoutMs: 20 * minuteMs,
  },
  real: {
    name: 'end to end with a real VM',
    command: ['node_modules/@playwright/test/cli.js', 'test', '--config', 'e2e/real'],
    report: 'playwright',
    timeoutMs: 35 * minuteMs,
  },
};

/**
 * `failures` says what failed, a line each: the end of a long log is all that some places keep of it.
 *
 * @typedef {{passed: number, failed: number, skipped: number, failures: string[]}} Count
 */

/**
 * Runs suites one after the other, prints a table with their times, then as the last line `N passed, N failed`.
 * Gives the exit status. Whatever a suite leaves running is ended and is a failure of its own.
 *
 * @param {Suite[]} chosen
 * @param {{root: string, node: string}} project
 */
export async function runSuites(chosen, { root, node }) {
  const run = randomUUID();
  const scratch = mkdtempSync(join(tmpdir(), 'fd-test-'));
  mkdirSync(join(scratch, 'home'), { mode: 0o700 });
  const env = {
    ...process.env,
    PATH: `${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    // Found again in everything a suite has started, however it was started.
    FOREDECK_TEST_RUN: run,
    // A test that forgets to choose a home must not meet the person's own.
    FOREDECK_HOME: join(scratch, 'home'),
  };
  const rows = [];
  try {
    for (const suite of chosen) {
      const reportPath = join(scratch, 'report.json');
      rmSync(reportPath, { force: true });
      process.stdout.write(`\n=== ${suite.name}\n`);
      const startedAt = performance.now();
      const ok = await runSuite(suite, { root, node, env, reportPath });
      const count = countOf(suite, ok, reportPath);
      const left = await endLeftovers(run);
      if (left.length > 0) count.failed += 1;
      count.failures.push(...left.map((line) => `left running: ${line}`));
      rows.push({ name: suite.name, seconds: (performance.now() - startedAt) / 1_000, ...count });
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return printTotals(rows);
}

/**
 * @param {Suite} suite
 * @param {{root: string, node: string, env: NodeJS.ProcessEnv, reportPath: string}} options
 * @returns {Promise<boolean>} whether it ended with status 0 in time
 */
function runSuite(suite, { root, node, env, reportPath }) {
  return new Promise((resolve) => {
    const [file = '', ...args] = [...suite.command, ...reporterArguments(suite, reportPath)];
    const child = spawn(node, [join(root, file), ...args], {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: suite.report === 'playwright' ? { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: reportPath } : env,
    });
    const timer = setTimeout(() => {
      process.stdout.write(`${suite.name} has not ended within ${suite.timeoutMs / minuteMs} minutes\n`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    }, suite.timeoutMs);
    const settle = (/** @type {boolean} */ ok) => {
      clearTimeout(timer);
      resolve(ok);
    };
    child.once('error', (error) => {
      process.stdout.write(`${error.message}\n`);
      settle(false);
    });
    child.once('exit', (code) => settle(code === 0));
  });
}

/** @param {Suite} suite @param {string} reportPath */
function reporterArguments({ report }, reportPath) {
  if (report === 'vitest')
    return ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath}`];
  return report === 'playwright' ? ['--reporter=list,json'] : [];
}

/** @param {Suite} suite @param {boolean} ok @param {string} reportPath @returns {Count} */
function countOf({ report }, ok, reportPath) {
  if (report === 'exit') return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0, failures: [] };
  const count = existsSync(reportPath)
    ? readReport(report, JSON.parse(readFileSync(reportPath, 'utf8')))
    : { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (count.failed === 0 && (!ok || count.passed === 0)) {
    count.failed = 1;
    count.failures.push(
      count.passed === 0
        ? 'nothing was run'
        : 'every test passed, but the runner met an error outside of them',
    );
  }
  return count;
}

/**
 * What a runner's JSON report says.
 *
 * @param {'vitest' | 'playwright'} runner
 * @param {any} report
 * @returns {Count}
 */
export function readReport(runner, report) {
  if (runner === 'vitest') {
    const { numPassedTests: passed, numFailedTests: failed, numPendingTests, numTodoTests } = report;
    const failures = report.testResults.flatMap((/** @type {any} */ file) =>
      file.assertionResults
        .filter((/** @type {any} */ { status }) => status === 'failed')
        .map((/** @type {any} */ { fullName }) => `${basename(file.name)}: ${fullName}`),
    );
    return { passed, failed, skipped: numPendingTests + numTodoTests, failures };
  }
  const { expected, unexpected, flaky, skipped } = report.stats;
  const failures = report.suites.flatMap(failedSpecs);
  return { passed: expected, failed: unexpected + flaky, skipped, failures };
}

/** @param {any} suite of Playwright: a file, or a group in one @returns {string[]} */
function failedSpecs({ file, specs = [], suites: groups = [] }) {
  const failed = specs.filter((/** @type {any} */ { tests }) =>
    tests.some((/** @type {any} */ { status }) => status === 'unexpected' || status === 'flaky'),
  );
  return [
    ...failed.map((/** @type {any} */ { title }) => `${file}: ${title}`),
    ...groups.flatMap(failedSpecs),
  ];
}

/** Ends what carries this run's mark, hard; gives what it was. @param {string} run */
async function endLeftovers(run) {
  const deadline = performance.now() + endingMs;
  let marked = processesMarked(run);
  while (marked.length > 0 && performance.now() < deadline) {
    await sleep(50);
    marked = processesMarked(run);
  }
  for (const { pid } of marked) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just ended by itself.
    }
  }
  return marked.map(({ pid, command }) => `${pid} ${command}`);
}

/** @param {({name: string, seconds: number} & Count)[]} rows */
function printTotals(rows) {
  process.stdout.write('\n');
  const width = Math.max(...rows.map(({ name }) => name.length));
  for (const { name, seconds, passed, failed, skipped } of rows) {
    const notRun = skipped > 0 ? `, ${skipped} skipped` : '';
    process.stdout.write(
      `${name.padEnd(width)}  ${seconds.toFixed(1).padStart(7)} s  ${passed} passed, ${failed} failed${notRun}\n`,
    );
  }
  for (const { name, failures } of rows) {
    for (const failure of failures) process.stdout.write(`failed: ${name}: ${failure}\n`);
  }
  const total = (/** @type {'passed' | 'failed'} */ key) => rows.reduce((sum, row) => sum + row[key], 0);
  process.stdout.write(`${total('passed')} passed, ${total('failed')} failed\n`);
  return total('failed') === 0 ? 0 : 1;
}
