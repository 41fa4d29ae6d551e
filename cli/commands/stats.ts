import type { Command } from 'commander';
import type { VmFigures } from '../../contract/vm-figures.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import { jsonOption, type VmOptions, vmOption } from '../arguments.ts';
import { interruptedStatus } from '../failure.ts';
import { formatBytes, print, printJson, tableLines } from '../output.ts';
import { withEngine } from '../with-engine.ts';

interface StatsOptions extends VmOptions {
  readonly watch: boolean;
}

export function addStatsCommand(program: Command): void {
  program
    .command('stats')
    .description('memory, processor and disk of a running VM, as the VM and as this computer see them')
    .option(
      '--watch',
      'go on with a line every two seconds until interrupted; with --json one document a line',
    )
    .addOption(vmOption())
    .addOption(jsonOption())
    .action(async ({ vm, json, watch = false }: StatsOptions) =>
      withEngine(async (engine) => {
        const looking = new AbortController();
        process.once('SIGINT', () => process.exit(interruptedStatus));
        const samples = await engine.calls.vm.watchFigures({ vm }, { signal: looking.signal });
        const measured = withCpuShare(samples);
        try {
          if (watch) await printAll(measured, json);
          else await printFirst(measured, json);
        } finally {
          looking.abort();
        }
      }),
    );
}

/** A share of time is only known from the second sample on. */
async function* withCpuShare(samples: AsyncIterable<VmFigures>): AsyncGenerator<VmFigures> {
  for await (const figures of samples) if (figures.cpuShare !== null) yield figures;
}

async function printFirst(samples: AsyncIterable<VmFigures>, json: boolean): Promise<void> {
  for await (const figures of samples) {
    if (json) printJson(figures);
    else for (const line of figureLines(figures)) print(line);
    return;
  }
  throw new EngineError({
    code: 'wrong_state',
    message: 'The VM ended before it could be measured.',
    hint: '"foredeck status" says how it is.',
  });
}

async function printAll(samples: AsyncIterable<VmFigures>, json: boolean): Promise<void> {
  let header = true;
  for await (const figures of samples) {
    if (json) {
      print(JSON.stringify(figures));
      continue;
    }
    // Columns are as wide as any figure gets, so that lines which come one by one stand under one another.
    const [titles = '', line = ''] = tableLines(columns, [rowOf(figures)]);
    if (header) print(titles);
    header = false;
    print(line);
  }
}

const width = '1000.0 MB'.length;
const columns = ['TIME    ', 'CPU ', 'USED', 'CACHE', 'HOST', 'DISK USED', 'DISK HOST'].map((title) =>
  title.padEnd(title.endsWith(' ') ? title.length : width),
);

function rowOf({ at, cpuShare, memory, disk }: VmFigures): string[] {
  return [
    new Date(at).toISOString().slice('2026-11-22T'.length, '2026-11-22T08:00:00'.length),
    percent(cpuShare),
    formatBytes(memory.guestUsedBytes),
    formatBytes(memory.guestCacheBytes),
    formatBytes(memory.hostResidentBytes),
    formatBytes(disk.guestUsedBytes),
    formatBytes(disk.hostBytes),
  ];
}

function figureLines({ cpuShare, memory, disk }: VmFigures): string[] {
  const { guestUsedBytes: used, guestCacheBytes: cache, guestTotalBytes: total } = memory;
  return [
    `memory     ${formatBytes(used)} used and ${formatBytes(cache)} file cache of ${formatBytes(total)} in the VM; ${formatBytes(memory.hostResidentBytes)} on this computer`,
    `processor  ${percent(cpuShare)} of one core`,
    `disk       ${formatBytes(disk.guestUsedBytes)} used of ${formatBytes(disk.guestTotalBytes)} in the VM; ${formatBytes(disk.hostBytes)} on this computer`,
  ];
}

function percent(share: number | null): string {
  return share === null ? '?' : `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}
