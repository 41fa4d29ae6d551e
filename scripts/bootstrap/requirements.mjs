import { execFile } from 'node:child_process';

/**
 * What has to be on the machine besides Node. `apt` and `brew` name the packages that bring it.
 *
 * @typedef {object} Requirement
 * @property {string} command run with `arguments` to see that it is there and works
 * @property {string[]} arguments
 * @property {string} minimum oldest version that will do, such as `9.0`
 * @property {string} name for people
 * @property {string} why
 * @property {string} apt
 * @property {string | null} brew null: macOS needs none of it
 *
 * @typedef {Requirement & {found: string | null}} Missing `found`: the version that is too old, if any
 */

/** Debian 12's QEMU 7.2 panics Linux 6.12 guests at random under TCG: 5 of 17 boots; 10.0 none of about 30. */
const oldestQemu = '9.0';

/** @type {(arch: string) => Requirement[]} */
const forRun = (arch) => [
  {
    command: arch === 'arm64' ? 'qemu-system-aarch64' : 'qemu-system-x86_64',
    arguments: ['--version'],
    minimum: oldestQemu,
    name: 'QEMU',
    why: 'runs the Linux VM that Docker lives in',
    apt: arch === 'arm64' ? 'qemu-system-arm' : 'qemu-system-x86',
    brew: 'qemu',
  },
  {
    command: 'qemu-img',
    arguments: ['--version'],
    minimum: oldestQemu,
    name: 'qemu-img',
    why: "makes the VM's data disk",
    apt: 'qemu-utils',
    brew: 'qemu',
  },
  {
    command: 'sqfstar',
    arguments: ['-version'],
    minimum: '4.5',
    name: 'squashfs-tools',
    why: "packs the VM's read-only root image",
    apt: 'squashfs-tools',
    brew: 'squashfs',
  },
  {
    command: 'xz',
    arguments: ['--version'],
    minimum: '5.2',
    name: 'xz',
    why: "unpacks Debian's packages quickly",
    apt: 'xz-utils',
    brew: 'xz',
  },
];

/** @type {Requirement[]} */
const forTest = [
  {
    command: 'chromium',
    arguments: ['--version'],
    minimum: '120.0',
    name: 'Chromium',
    why: 'shows the user interface to its tests',
    apt: 'chromium',
    brew: null,
  },
];

/** @type {Requirement[]} */
const forBench = [
  {
    command: 'mmdebstrap',
    arguments: ['--version'],
    minimum: '1.3',
    name: 'mmdebstrap',
    why: 'builds the stock Debian system that figures are compared with',
    apt: 'mmdebstrap',
    brew: null,
  },
];

/**
 * @param {'run' | 'test' | 'bench'} purpose
 * @param {{platform: string, arch: string}} machine as Node's `process` names them
 * @returns {Requirement[]}
 */
export function requirementsFor(purpose, { platform, arch }) {
  const all = [
    ...forRun(arch),
    ...(purpose === 'run' ? [] : forTest),
    ...(purpose === 'bench' ? forBench : []),
  ];
  return platform === 'darwin' ? all.filter(({ brew }) => brew !== null) : all;
}

/**
 * Runs each command, all at once, and gives those which are not there or too old.
 *
 * @param {Requirement[]} requirements
 * @returns {Promise<Missing[]>}
 */
export async function findMissing(requirements) {
  const found = await Promise.all(requirements.map(versionOf));
  return requirements.flatMap((requirement, index) => {
    const version = found[index] ?? null;
    if (version !== null && isAtLeast(version, requirement.minimum)) return [];
    return [{ ...requirement, found: version }];
  });
}

/** @param {Requirement} requirement @returns {Promise<string | null>} */
function versionOf({ command, arguments: args }) {
  return new Promise((resolve) => {
    // `sqfstar -version` ends with status 1 in 4.5.1 although all is well: what it prints counts.
    execFile(command, args, { timeout: 20_000 }, (error, stdout, stderr) => {
      if (error && typeof error.code === 'string') resolve(null);
      else resolve(versionIn(`${stdout}\n${stderr}`));
    });
  });
}

/**
 * The first version number in what a program says about itself.
 *
 * @param {string} text
 * @returns {string | null}
 */
export function versionIn(text) {
  return /(?<![\w.])\d+\.\d+(?:\.\d+)*/.exec(text)?.[0] ?? null;
}

/**
 * @param {string} version
 * @param {string} minimum
 */
export function isAtLeast(version, minimum) {
  const have = version.split('.').map(Number);
  const need = minimum.split('.').map(Number);
  for (let place = 0; place < need.length; place += 1) {
    const difference = (have[place] ?? 0) - (need[place] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}
