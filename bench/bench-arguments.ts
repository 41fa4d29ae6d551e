import { parseArgs } from 'node:util';

export interface BenchArguments {
  /** The parts asked for; empty: every one that is not only run by its name. */
  readonly names: readonly string[];
  /** Says what parts there are, and does nothing else. */
  readonly list: boolean;
  /** Without the stock systemd guest, which takes about five minutes. */
  readonly withoutStock: boolean;
  /** Where the figures are written to, besides; null: nowhere. */
  readonly json: string | null;
  /** Suspends and resumes of the soak. */
  readonly cycles: number;
}

const usualCycles = 100;

/** What stands on the command line; throws in plain words for what does not belong there. */
export function benchArguments(argv: readonly string[], parts: readonly string[]): BenchArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      'without-stock': { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      json: { type: 'string' },
      cycles: { type: 'string', default: String(usualCycles) },
    },
  });
  const unknown = positionals.find((name) => !parts.includes(name));
  if (unknown !== undefined) {
    throw new Error(`There is no part "${unknown}"; there are ${parts.join(', ')}.`);
  }
  const cycles = Number(values.cycles);
  if (!Number.isInteger(cycles) || cycles < 1) throw new Error('--cycles wants a whole number from 1 on.');
  const { list, 'without-stock': withoutStock, json = null } = values;
  return { names: positionals, list, withoutStock, json, cycles };
}
