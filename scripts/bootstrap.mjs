import { spawnSync } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { findNode24, installPackages, packagesAgree } from './bootstrap/node-modules.mjs';
import { describeStep, planInstallation, runStep } from './bootstrap/plan.mjs';
import { findMissing, isAtLeast, requirementsFor } from './bootstrap/requirements.mjs';

/*
 * Gets a bare clone ready: system tools and npm packages. Runs on any Node from 20.19 and needs nothing else.
 *   node scripts/bootstrap.mjs [--for run|test|bench] [--yes]
 */

const root = join(fileURLToPath(import.meta.url), '..', '..');
const oldestNode = '20.19';

/** Something a person has to do; told without a stack. */
export class BootstrapProblem extends Error {}

/**
 * @param {{purpose: 'run' | 'test' | 'bench', yes: boolean}} options
 * @returns {Promise<{root: string, node: string}>} `node`: the project's Node 24
 */
export async function bootstrap({ purpose, yes }) {
  if (!isAtLeast(process.versions.node, oldestNode)) {
    throw new BootstrapProblem(
      `Node.js ${oldestNode} or newer is needed; this is ${process.versions.node}. Install a newer one and start again.`,
    );
  }
  const missing = await findMissing(requirementsFor(purpose, process));
  const node24Missing = process.platform === 'darwin' && findNode24(root) === null;
  if (node24Missing) missing.push(brewNode);
  if (missing.length > 0) await installTools(missing, { purpose, yes });
  if (!packagesAgree(root)) {
    say('Installing the npm packages of package-lock.json into node_modules (about 700 MB).');
    installPackages(root);
  }
  const node = findNode24(root);
  if (node) return { root, node };
  throw new BootstrapProblem(
    'Node.js 24 is missing and npm has brought none for this machine. Install it and start again.',
  );
}

/** @type {import('./bootstrap/requirements.mjs').Missing} */
const brewNode = {
  command: 'node',
  arguments: ['--version'],
  minimum: '24.0',
  found: process.versions.node,
  name: 'Node.js',
  why: 'runs Foredeck itself',
  apt: 'nodejs',
  brew: 'node@24',
};

/**
 * @param {import('./bootstrap/requirements.mjs').Missing[]} missing
 * @param {{purpose: string, yes: boolean}} options
 */
async function installTools(missing, { purpose, yes }) {
  say(`Missing on this machine, to ${purpose} Foredeck:`);
  for (const { name, minimum, found, why } of missing) {
    const here = found === null ? 'not found' : `${found} is too old`;
    say(`  ${name} ${minimum} or newer (${here}): ${why}`);
  }
  const plan = planInstallation(missing);
  if (!plan) {
    throw new BootstrapProblem(
      'Install them with the package manager of this system (they must be on PATH) and start again.',
    );
  }
  if (plan.remark) throw new BootstrapProblem(plan.remark);
  const needsRoot = plan.steps.some(({ asRoot }) => asRoot) && process.getuid?.() !== 0;
  const prefix = needsRoot ? ['sudo'] : [];
  const steps = plan.steps.map((step) => `  ${describeStep(step, prefix)}`).join('\n');
  if (needsRoot && !canSudo()) {
    throw new BootstrapProblem(
      `This needs root. As root run:\n${plan.steps.map((step) => `  ${describeStep(step, [])}`).join('\n')}`,
    );
  }
  say(`This will install them:\n${steps}`);
  if (!yes && !(await agreed()))
    throw new BootstrapProblem('Nothing was installed. Run the commands above, or start again.');
  for (const step of plan.steps) runStep(step, prefix);
  const still = await findMissing(missing.filter(({ command }) => command !== 'node'));
  if (still.length > 0) {
    const list = still
      .map(({ name, minimum, found }) => `${name} ${minimum} (here: ${found ?? 'none'})`)
      .join(', ');
    throw new BootstrapProblem(
      `Installed, but not new enough on this release: ${list}. Install newer ones and start again.`,
    );
  }
}

/** Without a password, or with a terminal to type it on. */
function canSudo() {
  if (spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0) return true;
  return process.stdin.isTTY && spawnSync('sudo', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Asks where there is somebody to ask. */
async function agreed() {
  if (!process.stdin.isTTY || process.env.CI) return true;
  const questions = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await questions.question('Go on? [Y/n] ');
  questions.close();
  return /^(y|yes|)$/i.test(answer.trim());
}

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Runs a script's main function; a BootstrapProblem or a failed step becomes one message and exit status 1.
 *
 * @param {() => Promise<void>} main
 */
export async function runScript(main) {
  try {
    await main();
  } catch (thrown) {
    say(thrown instanceof Error ? thrown.message : String(thrown));
    process.exitCode = 1;
  }
}

/** @param {string[]} argv @returns {{purpose: 'run' | 'test' | 'bench', yes: boolean}} */
function readArguments(argv) {
  const asked = argv.includes('--for') ? argv[argv.indexOf('--for') + 1] : 'run';
  if (asked !== 'run' && asked !== 'test' && asked !== 'bench') {
    throw new BootstrapProblem(`--for takes run, test or bench, not "${asked ?? ''}".`);
  }
  return { purpose: asked, yes: argv.includes('--yes') };
}

const isMain =
  process.argv[1] &&
  existsSync(process.argv[1]) &&
  realpathSync(process.argv[1]) === fileURLToPath(import.meta.url);
if (isMain) {
  await runScript(async () => {
    await bootstrap(readArguments(process.argv.slice(2)));
  });
}
