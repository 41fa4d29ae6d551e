import type { Arch } from '../../../contract/arch.ts';
import { Price } from '../../../contract/emulation.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { ArchFile } from '../arch-file.ts';
import type { ArchRow } from '../arch-table.ts';
import { GuestTrip } from '../guest-trip.ts';
import type { PriceRun } from './program-run.ts';

/** What loops are told for: as many rounds as any processor of today does within a fraction of a second. */
const toldRounds = 10_000_000;

/** What emulation costs in one VM, as measured there; outlives engine and VM. */
export class Prices {
  readonly #file: ArchFile<Price>;

  constructor(path: string, log: Log) {
    this.#file = new ArchFile({ path, schema: Price, content: 'measured prices', log });
  }

  async load(): Promise<void> {
    await this.#file.load();
  }

  /** The price under this version; null when that was not measured. */
  get(arch: Arch, emulatorVersion: string | null): Price | null {
    const price = this.#file.get(arch);
    return price && price.emulatorVersion === emulatorVersion ? price : null;
  }

  /**
   * Measures the same two programs natively and emulated, one after the other. Throws `emulator_failed` when one of
   * them does not run.
   */
  async measure(options: {
    row: ArchRow;
    native: ArchRow;
    emulatorVersion: string;
    link: GuestLink;
  }): Promise<Price> {
    const { row, native, emulatorVersion, link } = options;
    const { prices } = await new GuestTrip().price(native).price(row).run(link);
    const price = priceOf(row, prices.get(native.arch), prices.get(row.arch), emulatorVersion);
    await this.#file.set(row.arch, price);
    return price;
  }
}

/** Loops as milliseconds for ten million rounds, the start of the program taken off. */
export function priceOf(
  row: ArchRow,
  native: PriceRun | undefined,
  emulated: PriceRun | undefined,
  emulatorVersion: string,
): Price {
  if (native?.code !== 0 || emulated?.code !== 0) {
    throw new EngineError({
      code: 'emulator_failed',
      message: `What ${row.arch} costs could not be measured: the program ended with status ${emulated?.code ?? native?.code ?? -1}.`,
      hint: `See what is wrong with it: foredeck emulate ${row.arch} test`,
    });
  }
  const nativeLoopMs = loopMs(native);
  const emulatedLoopMs = loopMs(emulated);
  return {
    at: Date.now(),
    loopFactor: emulatedLoopMs / nativeLoopMs,
    nativeLoopMs,
    emulatedLoopMs,
    nativeExecMs: native.execMs,
    emulatedExecMs: emulated.execMs,
    emulatorVersion,
  };
}

function loopMs({ execMs, rounds, loopMs: took }: PriceRun): number {
  // A loop can end within the time its start takes on a machine that is busy.
  return (Math.max(took - execMs, 0.001) * toldRounds) / rounds;
}
