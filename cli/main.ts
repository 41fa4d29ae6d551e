import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportFailure } from './failure.ts';
import { runProgram } from './program.ts';

const argv = process.argv.slice(2);
const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;

// A reader such as `head` that has seen enough is no failure; 141 is what shells make of SIGPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 141 : 1));

try {
  const packageJson = await readFile(join(import.meta.dirname, '..', 'package.json'), 'utf8');
  await runProgram(argv, JSON.parse(packageJson).version);
} catch (thrown) {
  process.exitCode = reportFailure(thrown, own.includes('--json'));
}
