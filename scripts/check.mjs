import { bootstrap, runScript } from './bootstrap.mjs';
import { runSuites, suites } from './suites.mjs';

/* The quick part of the tests: format, lint, types and units. */

await runScript(async () => {
  const project = await bootstrap({ purpose: 'run', yes: process.argv.includes('--yes') });
  process.exitCode = await runSuites([suites.lint, suites.types, suites.unit], project);
});
