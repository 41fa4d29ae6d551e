import { printable } from './printable.ts';

/** A line of a command's result: standard output. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Something about the way there: standard error. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The one JSON document of a command called with `--json`. */
export function printJson(document: unknown): void {
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

/** Rows under a header, columns as wide as their widest cell; control bytes are stripped. */
export function printTable(header: readonly string[], rows: readonly (readonly string[])[]): void {
  for (const line of tableLines(header, rows)) print(line);
}

/** What `printTable` prints. */
export function tableLines(header: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const clean = [header, ...rows].map((row) => row.map(printable));
  const widths = header.map((_, column) => Math.max(...clean.map((row) => row[column]?.length ?? 0)));
  return clean.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** "42.3 MB": decimal units, as package archives and disks use them. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1_000 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
