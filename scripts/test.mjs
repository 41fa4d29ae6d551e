import { BootstrapProblem, bootstrap, runScript } from './bootstrap.mjs';
import { runSuites, suites } from './suites.mjs';

/*
 * Everything, real VM included; what CI runs.
 *   npm test [-- suite...] [--yes]
 */

await runScript(async () => {
  const argv = process.argv.slice(2);
  const names = argv.filter((argument) => argument !== '--yes');
  const unknown = names.find((name) => !(name in suites));
  if (unknown !== undefined) {
    throw new BootstrapProblem(
      `There is no suite "${unknown}"; there are ${Object.keys(suites).join(', ')}.`,
    );
  }
  const project = await bootstrap({ purpose: 'test', yes: argv.includes('--yes') });
  const chosen = Object.entries(suites).filter(([name]) => names.length === 0 || names.includes(name));
  process.exitCode = await runSuites(
    chosen.map(([, suite]) => suite),
    project,
  );
});
