import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { silentLog } from '../../base/log.ts';
import { LocalGuest, privateBinfmtAvailable } from '../../testing/local-guest.ts';
import { withTempFolder } from '../../testing/temp-folder.ts';
import { archRow } from '../arch-table.ts';
import { Prices, priceOf } from './prices.ts';

const native = { code: 0, execMs: 2, rounds: 20_000_000, loopMs: 42 };
const emulated = { code: 0, execMs: 12, rounds: 5_000_000, loopMs: 112 };

describe('prices', () => {
  it('compare the same number of rounds, without the start of the program', () => {
    expect(priceOf(archRow('arm64'), native, emulated, '10.0.13')).toMatchObject({
      nativeLoopMs: 20,
      emulatedLoopMs: 200,
      loopFactor: 10,
      nativeExecMs: 2,
      emulatedExecMs: 12,
      emulatorVersion: '10.0.13',
    });
  });

  it('are not made up for a program that did not run', () => {
    const failed = { ...emulated, code: 139 };
    expect(() => priceOf(archRow('arm64'), native, failed, '10.0.13')).toThrow(/status 139/);
    expect(() => priceOf(archRow('arm64'), native, undefined, '10.0.13')).toThrow(/could not be measured/);
  });

  it('start empty when their file cannot be read', async () => {
    await withTempFolder(async (folder) => {
      const path = join(folder, 'prices.json');
      await writeFile(path, '{"arm64":{}}');
      const prices = new Prices(path, silentLog);
      await prices.load();
      expect(prices.get('arm64', null)).toBeNull();
    });
  });

  // A 32-bit program in the emulated one's part: this machine runs it itself.
  it.skipIf(process.arch !== 'x64' || !privateBinfmtAvailable())(
    'are measured, and kept for the version',
    { timeout: 60_000 },
    async () => {
      const guest = await LocalGuest.start({ privateBinfmt: true });
      await withTempFolder(async (folder) => {
        const path = join(folder, 'prices.json');
        const prices = new Prices(path, silentLog);
        const price = await prices.measure({
          row: archRow('386'),
          native: archRow('amd64'),
          emulatorVersion: '10.0.13',
          link: guest,
        });
        expect(price.loopFactor).toBeGreaterThan(0);
        expect(price.emulatedExecMs).toBeGreaterThan(0);
        const later = new Prices(path, silentLog);
        await later.load();
        expect(later.get('386', '10.0.13')).toEqual(price);
        expect(later.get('386', '11.1.3')).toBeNull();
        expect(later.get('arm64', '10.0.13')).toBeNull();
      }).finally(() => guest.close());
      expect(guest.alive).toBe(0);
    },
  );
});
