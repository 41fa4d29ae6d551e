import type { Scope } from '../engine/base/scope.ts';
import { Bench, type BenchOptions, type Part } from './bench.ts';
import type { PartReport } from './bench-report.ts';
import type { Figure } from './figure.ts';

/** Runs `parts` one after the other; one that fails leaves the others. `onReport` is told after each. */
export async function runParts(
  parts: readonly (Part & { readonly name: string })[],
  options: BenchOptions & { scope: Scope; onReport: (reports: readonly PartReport[]) => Promise<void> },
): Promise<PartReport[]> {
  const reports: PartReport[] = [];
  for (const part of parts) {
    options.say(part.name);
    const begun = performance.now();
    const { figures, problem } = await runPart(part, options);
    options.scope.signal.throwIfAborted();
    if (problem !== null) options.say(`${part.name} failed: ${problem}`);
    reports.push({ name: part.name, seconds: (performance.now() - begun) / 1_000, problem, figures });
    await options.onReport(reports);
  }
  return reports;
}

async function runPart(
  part: Part & { readonly name: string },
  options: BenchOptions & { scope: Scope },
): Promise<{ figures: readonly Figure[]; problem: string | null }> {
  const scope = options.scope.child(part.name);
  let figures: readonly Figure[] = [];
  try {
    try {
      figures = await part.run(new Bench(options, scope));
    } finally {
      await scope.close();
    }
    return { figures, problem: null };
  } catch (thrown) {
    return { figures, problem: wordsOf(thrown) };
  }
}

function wordsOf(thrown: unknown): string {
  if (thrown instanceof AggregateError) return [thrown.message, ...thrown.errors.map(wordsOf)].join('; ');
  return thrown instanceof Error ? thrown.message : String(thrown);
}
