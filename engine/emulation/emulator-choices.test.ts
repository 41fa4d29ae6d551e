import { describe, expect, it } from 'vitest';
import { archRow } from './arch-table.ts';
import { chosenTarget, emulatorChoices, rememberedChoice, wantedTarget } from './emulator-choices.ts';
import type { EmulatorId, WantedEmulator } from './wanted-emulators.ts';

const row = archRow('arm64');
const newest = { stable: '10.0.13+ds-1', backports: '11.1.3+ds-1~bpo13+1' };
const unasked = { stable: null, backports: null };

function id(version: string, suite: EmulatorId['suite'] = 'stable'): EmulatorId {
  return { suite, version, sha256: version, sizeBytes: 1 };
}

const nothing: WantedEmulator = { wanted: false, emulator: null, previous: null, choice: 'recommended' };

describe('emulatorChoices', () => {
  it('has one of each suite, known or not', () => {
    expect(
      emulatorChoices(row, nothing, unasked, false).map(({ suite, version }) => [suite, version]),
    ).toEqual([
      ['stable', null],
      ['backports', null],
    ]);
    const delivered = { ...nothing, emulator: id('10.0.12+ds-1') };
    expect(emulatorChoices(row, delivered, unasked, true)[0]).toMatchObject({
      suite: 'stable',
      version: '10.0.12+ds-1',
      ready: true,
      current: true,
    });
  });

  it('adds what lies in the VM and is in no suite any more', () => {
    const wanted = { ...nothing, emulator: id('10.0.13+ds-1'), previous: id('10.0.12+ds-1') };
    expect(emulatorChoices(row, wanted, newest, true)).toMatchObject([
      { suite: 'stable', current: true, previous: false },
      { suite: 'backports', ready: false },
      { suite: null, version: '10.0.12+ds-1', ready: true, previous: true, recommended: false },
    ]);
  });
});

describe('chosenTarget', () => {
  const wanted = { ...nothing, emulator: id('10.0.13+ds-1'), previous: id('10.0.12+ds-1') };

  it.each([
    ['stable', { newestOf: 'stable' }],
    ['backports', { newestOf: 'backports' }],
    ['11', { newestOf: 'backports' }],
    ['11.1', { newestOf: 'backports' }],
    ['10.0.13+ds-1', { newestOf: 'stable' }],
    ['10.0', { newestOf: 'stable' }],
    ['10.0.12', { exactly: wanted.previous }],
    ['previous', { exactly: wanted.previous }],
  ])('takes %s', (text, target) => {
    expect(chosenTarget(row, wanted, newest, text)).toEqual(target);
  });

  it.each(['1', '11.10', '10.0.1', '', 'newest'])('does not know "%s"', (text) => {
    expect(() => chosenTarget(row, wanted, newest, text)).toThrow(
      expect.objectContaining({ code: 'bad_input' }),
    );
  });
});

describe('what is remembered', () => {
  it("follows a suite, or keeps what is no suite's newest", () => {
    expect(rememberedChoice({ newestOf: 'backports' }, newest)).toBe('backports');
    expect(rememberedChoice({ exactly: id('10.0.13+ds-1') }, newest)).toBe('stable');
    expect(rememberedChoice({ exactly: id('10.0.12+ds-1') }, newest)).toBe('exactly');
  });

  it('is what switching on takes', () => {
    expect(wantedTarget(row, nothing)).toEqual({ newestOf: 'stable' });
    expect(wantedTarget(row, { ...nothing, choice: 'backports' })).toEqual({ newestOf: 'backports' });
    const emulator = id('10.0.12+ds-1');
    expect(wantedTarget(row, { ...nothing, emulator, choice: 'exactly' })).toEqual({ exactly: emulator });
  });
});
