import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AcceleratorTrial } from '../../contract/records.ts';
import { withTempFolder } from '../testing/temp-folder.ts';
import { planAccelerators } from './accelerator-plan.ts';
import { AcceleratorVerdicts } from './accelerator-verdicts.ts';

const key = { qemu: '10.0.2', kernel: '6.12', machine: 'Some CPU, linux 6.1' };
const dayMs = 24 * 3_600_000;

function trial(change: Partial<AcceleratorTrial> = {}): AcceleratorTrial {
  return { accelerator: 'kvm', works: false, why: 'no kernel output within 8 s', at: 1_000, ...change };
}

describe('AcceleratorVerdicts', () => {
  test('remembers one verdict for each accelerator, QEMU, kernel and machine', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'accelerators.json');
      const verdicts = new AcceleratorVerdicts(path);
      await verdicts.remember(key, trial());
      await verdicts.remember(key, trial({ accelerator: 'tcg', works: true }));
      await verdicts.remember(key, trial({ works: true, at: 2_000 }));
      expect(await new AcceleratorVerdicts(path).find(key, 3_000)).toEqual(
        new Map([
          ['tcg', trial({ accelerator: 'tcg', works: true })],
          ['kvm', trial({ works: true, at: 2_000 })],
        ]),
      );
      for (const other of [{ qemu: '11.1.0' }, { kernel: '6.13' }, { machine: 'Other CPU' }]) {
        expect((await verdicts.find({ ...key, ...other }, 3_000)).size).toBe(0);
      }
    });
  });

  test('believes a verdict for a week', async () => {
    await withTempFolder(async (folder) => {
      const verdicts = new AcceleratorVerdicts(join(folder, 'accelerators.json'));
      await verdicts.remember(key, trial({ at: 0 }));
      expect((await verdicts.find(key, 6 * dayMs)).size).toBe(1);
      expect((await verdicts.find(key, 8 * dayMs)).size).toBe(0);
    });
  });

  test('a damaged file costs a trial and nothing else', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'accelerators.json');
      await writeFile(path, '{"version":1,"verd');
      const verdicts = new AcceleratorVerdicts(path);
      expect((await verdicts.find(key)).size).toBe(0);
      await verdicts.remember(key, trial());
      expect((await verdicts.find(key, 2_000)).size).toBe(1);
    });
  });
});

describe('planAccelerators', () => {
  const known = new Map<'kvm' | 'hvf' | 'tcg', AcceleratorTrial>();

  test('macOS tries its own accelerator before emulation', async () => {
    expect(await planAccelerators({ platform: 'darwin', wanted: 'auto', known })).toEqual({
      candidates: ['hvf', 'tcg'],
      ruledOut: [],
    });
  });

  test('one that failed here is not tried again, and the reason is still told', async () => {
    const failed = new Map([['kvm' as const, trial({ at: Date.UTC(2026, 10, 20) })]]);
    const plan = await planAccelerators({ platform: 'linux', wanted: 'auto', known: failed });
    expect(plan.candidates).toEqual(['tcg']);
    expect(plan.ruledOut[0]?.why).toBe(
      'no kernel output within 8 s (seen on 2026-11-20 with this QEMU, kernel and machine)',
    );
  });

  test('the one asked for is tried whatever is known, and alone', async () => {
    const failed = new Map([['kvm' as const, trial()]]);
    expect(await planAccelerators({ platform: 'linux', wanted: 'kvm', known: failed })).toEqual({
      candidates: ['kvm'],
      ruledOut: [],
    });
  });

  test('an accelerator of another platform is an error with the way out', async () => {
    await expect(planAccelerators({ platform: 'linux', wanted: 'hvf', known })).rejects.toMatchObject({
      code: 'accelerator_failed',
      hint: expect.stringContaining('auto'),
    });
  });
});
