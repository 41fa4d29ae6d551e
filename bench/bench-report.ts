import { readFile, writeFile } from 'node:fs/promises';
import { cpus, release, totalmem, type } from 'node:os';
import type { Vm } from '../contract/records.ts';
import { type Figure, median } from './figure.ts';

/** Of the VM that was measured; all null where no part ran one. */
export interface Versions {
  readonly qemu: string | null;
  readonly accelerator: string | null;
  readonly docker: string | null;
  readonly guestKernel: string | null;
  readonly guestImage: string | null;
}

/** What one part has found. `problem` is why it ended early; null when it did not. */
export interface PartReport {
  readonly name: string;
  /** With what it prepares. */
  readonly seconds: number;
  readonly problem: string | null;
  readonly figures: readonly Figure[];
}

/** The machine and its state before the first part, and what ran on it. */
export interface BenchReport {
  readonly machine: {
    readonly processor: string;
    readonly cores: number;
    readonly memoryBytes: number;
    readonly system: string;
  };
  readonly date: string;
  /** Load averages over 1, 5 and 15 minutes (proc(5), `loadavg`); null where there is no /proc. */
  readonly loadBefore: readonly number[] | null;
  readonly versions: Versions;
  readonly parts: readonly PartReport[];
}

/** The machine as it is before anything has been measured. */
export async function reportHead(): Promise<Omit<BenchReport, 'versions' | 'parts'>> {
  const load = await readFile('/proc/loadavg', 'utf8').catch(() => null);
  return {
    machine: {
      processor: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryBytes: totalmem(),
      system: `${type()} ${release()}`,
    },
    date: new Date().toISOString(),
    loadBefore: load?.split(' ').slice(0, 3).map(Number) ?? null,
  };
}

export function versionsOf(vm: Vm | null): Versions {
  return {
    qemu: vm?.qemuVersion ?? null,
    accelerator: vm?.accelerator ?? null,
    docker: vm?.dockerVersion ?? null,
    guestKernel: vm?.kernelVersion ?? null,
    guestImage: vm?.imageId ?? null,
  };
}

/** The same figures as the table's, each with every single measurement. */
export async function writeReport(path: string, report: BenchReport): Promise<void> {
  const parts = report.parts.map(({ figures, ...part }) => ({
    ...part,
    figures: figures.map((figure) => ({ ...figure, ...noise(figure), baseline: withNoise(figure.baseline) })),
  }));
  await writeFile(path, `${JSON.stringify({ ...report, parts }, null, 2)}\n`);
}

function withNoise(baseline: Figure['baseline']) {
  return baseline && { ...baseline, ...noise(baseline) };
}

function noise({ measured }: Pick<Figure, 'measured'>) {
  if (measured.length === 0) return { n: 0, median: null, min: null, max: null };
  return {
    n: measured.length,
    median: median(measured),
    min: Math.min(...measured),
    max: Math.max(...measured),
  };
}
