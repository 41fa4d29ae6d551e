import { expect, test } from 'vitest';
import { parseOneLine } from './apt-sources.mjs';
import { installedMatches } from './node-modules.mjs';
import { describeStep, planApt, runStep } from './plan.mjs';

const qemu = { name: 'QEMU', apt: 'qemu-system-x86', found: '7.2.22' };
const image = { name: 'qemu-img', apt: 'qemu-utils', found: null };
const xz = { name: 'xz', apt: 'xz-utils', found: null };
const bookworm = parseOneLine('deb http://mirror.example/debian bookworm main');

/** What a person would see, root's words left out. */
function described({ steps }) {
  return steps.map((step) => describeStep(step, []).replace(/-o DPkg::Lock::Timeout=\d+ -q /, ''));
}

test('Debian 12: a backports source, then QEMU from there and the rest from the release', () => {
  const plan = planApt([qemu, image, xz], { codename: 'bookworm', sources: bookworm });
  const [write, ...commands] = described(plan);
  expect(plan.steps[0]?.write?.path).toBe('/etc/apt/sources.list.d/foredeck-backports.sources');
  expect(write).toContain('URIs: http://mirror.example/debian');
  expect(commands).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends xz-utils',
    'apt-get install -y --no-install-recommends -t bookworm-backports qemu-system-x86 qemu-utils',
  ]);
});

test('backports are not added twice', () => {
  const sources = [...bookworm, ...parseOneLine('deb http://mirror.example/debian bookworm-backports main')];
  const plan = planApt([qemu], { codename: 'bookworm', sources });
  expect(plan.steps.some(({ write }) => write)).toBe(false);
});

test('a release with a new QEMU gets it from itself', () => {
  const plan = planApt([qemu, xz], { codename: 'trixie', sources: [] });
  expect(described(plan)).toEqual([
    'apt-get update',
    'apt-get install -y --no-install-recommends qemu-system-x86 xz-utils',
  ]);
});

test('without a source to go by, the plan says what to add', () => {
  expect(planApt([qemu], { codename: 'bookworm', sources: [] }).remark).toContain('add bookworm-backports');
  expect(planApt([xz], { codename: 'bookworm', sources: [] }).remark).toBeNull();
});

test('what a person is told to type does the same with sudo', () => {
  const plan = planApt([qemu], { codename: 'bookworm', sources: bookworm });
  expect(describeStep(plan.steps[0], ['sudo'])).toContain('| sudo tee /etc/apt/sources.list.d/');
  expect(describeStep(plan.steps[1], ['sudo'])).toMatch(/^sudo apt-get .*update$/);
});

test('a failed step says which one and what next', () => {
  expect(() => runStep({ command: ['false', 'update'], asRoot: false }, [])).toThrow(
    /^"false update" failed \(exit status 1\)\. apt's own words/,
  );
  expect(() => runStep({ command: ['no-such-command-here'], asRoot: false }, [])).toThrow('ENOENT');
});

test('node_modules agrees with the lock when every package that can be here is, in its version', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0' },
      'node_modules/mac-only': { version: '2.0.0', optional: true },
    },
  };
  const installed = (packages) => installedMatches(lock, { packages });
  expect(installed({ 'node_modules/a': { version: '1.0.0' } })).toBe(true);
  expect(installed({ 'node_modules/a': { version: '1.0.1' } })).toBe(false);
  expect(installed({})).toBe(false);
});
