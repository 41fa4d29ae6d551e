import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis, RememberedFix } from '../../../contract/doctor.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { diagnose } from './diagnose.ts';
import { type FailureFixture, readFixtures } from './failure-fixture.ts';
import type { FixCircumstances } from './offer-fixes.ts';
import type { FailureFacts } from './ports.ts';
import { Rule } from './rule.ts';

const catalogueFolder = join(import.meta.dirname, '..', '..', '..', 'resources', 'doctor-catalogue');
const fixtures = await readFixtures(join(import.meta.dirname, 'fixtures'));

const circumstances: FixCircumstances = {
  choices: [
    {
      suite: 'stable',
      version: '10.0.13+ds-0+deb13u1',
      ready: true,
      recommended: true,
      current: true,
      previous: false,
    },
    {
      suite: 'backports',
      version: '11.1.3+ds-1~bpo13+1',
      ready: false,
      recommended: false,
      current: false,
      previous: false,
    },
  ],
  imageArches: null,
  foreignVm: () => 'no foreign VMs here',
};

let catalogue: Catalogue;
beforeAll(async () => {
  catalogue = await readCatalogue(catalogueFolder);
});

function verdict(
  facts: FailureFacts,
  options: { remembered?: RememberedFix[]; circumstances?: Partial<FixCircumstances> } = {},
): Diagnosis | null {
  return diagnose({
    catalogue,
    facts,
    circumstances: { ...circumstances, ...options.circumstances },
    remembered: options.remembered ?? [],
    at: 1,
  });
}

function fixture(name: string): FailureFixture {
  const found = fixtures.find((candidate) => candidate.name === name);
  if (!found) throw new Error(`no fixture ${name}`);
  return found;
}

describe('the catalogue', () => {
  it('has a fixture for every rule', () => {
    const shown = new Set(fixtures.map((shownBy) => shownBy.rule));
    expect(catalogue.map((rule) => rule.id).filter((id) => !shown.has(id))).toEqual([]);
  });

  it.each(fixtures)('gives $name its own verdict: $rule', ({ rule, facts }) => {
    expect(verdict(facts)?.rule ?? null).toBe(rule);
  });

  it('fills every name it writes', () => {
    for (const { facts, name } of fixtures) {
      const said = verdict(facts);
      expect(JSON.stringify(said), name).not.toMatch(/\{(?:arch|native|emulator|image|name)\}/);
    }
  });

  it('refuses rules that go by lines alone, or by a part of a line', () => {
    const rule = {
      id: 'made-up',
      title: 'Made up',
      cause: 'Nothing.',
      source: 'https://example.org/',
      fixes: [{ kind: 'switch-on' }],
      when: { run: 'emulated', exitCodes: [1], lines: ['^a line$'] },
    };
    expect(Rule.safeParse(rule).success).toBe(true);
    for (const when of [
      { run: 'emulated', lines: ['^a line$'] },
      { exitCodes: [1], lines: ['^a line$'] },
      { run: 'any', exitCodes: [1], lines: ['^a line$'] },
      { run: 'native', exitCodes: [1] },
      { run: 'emulated', exitCodes: [1], lines: ['a line'] },
      { run: 'emulated', exitCodes: [1], line: ['^a line$'] },
    ]) {
      expect(Rule.safeParse({ ...rule, when }).success, JSON.stringify(when)).toBe(false);
    }
  });
});

describe('a log that lies', () => {
  const crash = fixture('guest-sigsegv').facts;

  it('convinces nobody when the image is native', () => {
    expect(verdict({ ...crash, arch: 'amd64', handler: { ...crash.handler, state: 'native' } })).toBeNull();
  });

  it('convinces nobody when the handler was off, or only native processes were seen', () => {
    expect(verdict({ ...crash, handler: { ...crash.handler, state: 'off' } })).toBeNull();
    expect(verdict({ ...crash, execution: 'native' })).toBeNull();
  });

  it('convinces nobody when the exit code says otherwise', () => {
    for (const exitCode of [0, 1, 134, 137, 143]) {
      expect(verdict({ ...crash, container: { ...crash.container, exitCode } }), `${exitCode}`).toBeNull();
    }
  });

  it('convinces nobody when nobody knows whether a handler was there', () => {
    expect(verdict({ ...crash, handler: { ...crash.handler, state: 'unknown' } })).toBeNull();
  });

  it('gives no fix anything: its words stay evidence', () => {
    const marker = 'pwned.example';
    const line = `qemu: uncaught target signal 11 (Segmentation fault) - core dumped`;
    const said = verdict({ ...crash, lines: [`${marker} ${line}`] });
    expect(said?.evidence.join()).toContain(marker);
    expect(JSON.stringify(said?.fixes)).not.toContain(marker);
  });
});

describe('fixes', () => {
  const crash = fixture('guest-sigsegv').facts;

  it('name the other version, and say why a VM cannot be had', () => {
    const fixes = verdict(crash)?.fixes ?? [];
    expect(fixes.map(({ id }) => id)).toEqual(['other-emulator', 'native-platform', 'foreign-vm']);
    expect(fixes[0]).toMatchObject({ suite: 'backports', label: 'Use QEMU 11.1.3', unavailable: null });
    expect(fixes[2]).toMatchObject({ kind: 'foreign-vm', unavailable: 'no foreign VMs here' });
  });

  it('offer first what made the image run before', () => {
    const remembered: RememberedFix = {
      image: crash.container.image,
      arch: 'arm64',
      rule: 'guest-sigsegv',
      fix: 'native-platform',
      label: 'Run the amd64 variant',
      emulatorVersion: null,
      at: 1,
    };
    const [first] = verdict(crash, { remembered: [remembered] })?.fixes ?? [];
    expect(first).toMatchObject({ id: 'native-platform', workedBefore: true });
    const other = { ...remembered, image: 'another:1' };
    expect(verdict(crash, { remembered: [other] })?.fixes[0]?.workedBefore).toBe(false);
  });

  it('say when the image has no native variant, and when a variable is set already', () => {
    const native = verdict(crash, { circumstances: { imageArches: ['arm64'] } })?.fixes[1];
    expect(native?.unavailable).toBe('The image has no amd64 variant.');
    const illegal = fixture('guest-sigill').facts;
    const environment = { QEMU_CPU: 'max' };
    const again = verdict({ ...illegal, container: { ...illegal.container, environment } });
    expect(again?.fixes.find(({ id }) => id === 'cpu-max')?.unavailable).toBe('It ran with this already.');
  });

  it('give no command to copy when a name could do harm in a shell', () => {
    const container = { ...crash.container, image: 'a:1; rm -rf ~' };
    const native = verdict({ ...crash, container })?.fixes.find(({ kind }) => kind === 'use-platform');
    expect(native?.command).toBeNull();
  });
});
