import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { backportsSource, hasSuite, readAptSources } from './apt-sources.mjs';

/** @typedef {import('./requirements.mjs').Missing} Missing */

/**
 * A step of an installation: a command, or a file to write.
 *
 * @typedef {object} Step
 * @property {string[]} [command]
 * @property {{path: string, text: string}} [write]
 * @property {boolean} asRoot
 */

/** Debian releases whose own QEMU is too old and whose backports have a newer one. */
const backportsNeeded = new Set(['bookworm']);

const backportsPath = '/etc/apt/sources.list.d/foredeck-backports.sources';

/** Another apt on the machine, such as unattended upgrades, is waited for this long. */
const aptLockTimeoutS = 300;

/**
 * How to get what is missing here; null where this program knows no package manager.
 *
 * @param {Missing[]} missing
 * @returns {{steps: Step[], remark: string | null} | null}
 */
export function planInstallation(missing) {
  if (process.platform === 'darwin') return { steps: [brewStep(missing)], remark: null };
  const release = readOsRelease();
  const family = [release.ID, ...(release.ID_LIKE ?? '').split(' ')];
  if (!family.includes('debian') && !family.includes('ubuntu')) return null;
  const sources = readAptSources('/etc/apt');
  return planApt(missing, { codename: release.VERSION_CODENAME ?? '', sources });
}

/**
 * @param {Missing[]} missing
 * @param {{codename: string, sources: import('./apt-sources.mjs').AptSource[]}} host
 * @returns {{steps: Step[], remark: string | null}}
 */
export function planApt(missing, { codename, sources }) {
  const isQemu = (/** @type {Missing} */ { apt }) => apt.startsWith('qemu-');
  const fromBackports = backportsNeeded.has(codename) ? missing.filter(isQemu) : [];
  const plain = missing.filter((requirement) => !fromBackports.includes(requirement));
  const suite = `${codename}-backports`;
  /** @type {Step[]} */
  const steps = [];
  let remark = null;
  if (fromBackports.length > 0 && !hasSuite(sources, suite)) {
    const text = backportsSource(sources, codename);
    if (text) steps.push({ write: { path: backportsPath, text }, asRoot: true });
    else
      remark = `apt has no source for ${codename} to take the mirror of ${suite} from; add ${suite} and try again.`;
  }
  steps.push({ command: ['apt-get', ...aptOptions, 'update'], asRoot: true });
  if (plain.length > 0) steps.push(install(plain, []));
  if (fromBackports.length > 0) steps.push(install(fromBackports, ['-t', suite]));
  return { steps, remark };
}

const aptOptions = ['-o', `DPkg::Lock::Timeout=${aptLockTimeoutS}`, '-q'];

/** @param {Missing[]} missing @param {string[]} options @returns {Step} */
function install(missing, options) {
  const packages = [...new Set(missing.map(({ apt }) => apt))];
  return {
    command: ['apt-get', ...aptOptions, 'install', '-y', '--no-install-recommends', ...options, ...packages],
    asRoot: true,
  };
}

/** @param {Missing[]} missing @returns {Step} */
function brewStep(missing) {
  const packages = [...new Set(missing.flatMap(({ brew }) => (brew === null ? [] : [brew])))];
  return { command: ['brew', 'install', ...packages], asRoot: false };
}

/** @returns {Record<string, string>} os-release(5) */
function readOsRelease() {
  const path = ['/etc/os-release', '/usr/lib/os-release'].find((candidate) => existsSync(candidate));
  const text = path === undefined ? '' : readFileSync(path, 'utf8');
  return Object.fromEntries(
    [...text.matchAll(/^([A-Z_]+)=["']?([^"'\n]*)["']?$/gm)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  );
}

/**
 * The step as a person would type it.
 *
 * @param {Step} step
 * @param {string[]} prefix `['sudo']`, or nothing for root
 */
export function describeStep(step, prefix) {
  const words = step.asRoot ? prefix : [];
  if (step.write) return `printf '%s' '${step.write.text}' | ${[...words, 'tee', step.write.path].join(' ')}`;
  return [...words, ...(step.command ?? [])].join(' ');
}

/**
 * Carries a step out, its output on standard error. Throws what to do next when it fails.
 *
 * @param {Step} step
 * @param {string[]} prefix
 */
export function runStep(step, prefix) {
  const words = step.asRoot ? prefix : [];
  const [file = '', ...args] = step.write
    ? [...words, 'tee', step.write.path]
    : [...words, ...environment(words), ...(step.command ?? [])];
  const result = spawnSync(file, args, {
    input: step.write?.text,
    stdio: step.write ? ['pipe', 'ignore', 'inherit'] : ['inherit', 2, 2],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.status === 0) return;
  const why = result.error ? result.error.message : `exit status ${result.status ?? result.signal}`;
  throw new Error(`"${describeStep(step, prefix).split('\n')[0]}" failed (${why}). ${nextStep(step)}`);
}

/** sudo passes no environment on. @param {string[]} prefix */
function environment(prefix) {
  return prefix.length > 0 ? ['env', 'DEBIAN_FRONTEND=noninteractive'] : [];
}

/** @param {Step} step */
function nextStep({ command }) {
  if (command?.[0] === 'brew') return 'See what brew says above; https://brew.sh tells how to get it.';
  if (command?.includes('update')) {
    return "apt's own words are above: usually the network or a mirror in /etc/apt. Mend it and start again.";
  }
  return 'What it says above tells why. Mend it and start again: what is there already is not installed twice.';
}
