import { arches } from '../contract/arch.ts';
import { emulatorSuites } from '../contract/emulation.ts';
import { debianArchitectures } from './corpus-packages.ts';
import { programs } from './programs.ts';
import type { Result } from './result.ts';
import type { ResultsFile } from './results-file.ts';

/** More of a failure's output than this helps nobody in a document. */
const shownOutputLines = 12;

/** docs/compatibility.md: what runs, found by running it. Only `npm run corpus` writes it. */
export function compatibilityPage({ all, machine }: Pick<ResultsFile, 'all' | 'machine'>): string {
  const suites = [...emulatorSuites, null].filter((suite) => all.some((result) => result.emulator === suite));
  return [
    '# What runs under emulation',
    '',
    'Written by `npm run corpus`; do not edit. Each program comes out of Debian 13 packages of its architecture,',
    'unpacked and, but for ° cells, configured by `dpkg` in a container of it, and is made to compute something whose',
    "result is known (`corpus/checks/`). A cell says what the last run found: the seconds from the container's start to",
    'its end, or what went wrong. Empty cells have never been tried. ° means that the system was unpacked only: the',
    'program has all of its files, but no maintainer script has run yet, and apt would have to finish that first.',
    '',
    ...(machine
      ? [
          `Machine of the latest run: ${machine.vmArch} VM, QEMU ${machine.qemu} (${machine.accelerator}), Linux ${machine.kernel}, ` +
            `Docker ${machine.docker}. Under TCG everything is emulated twice, so seconds compare programs with each other and with nothing else.`,
          '',
        ]
      : []),
    ...suites.flatMap((suite) =>
      section(
        suite,
        all.filter((result) => result.emulator === suite),
      ),
    ),
    ...problems(all),
  ].join('\n');
}

function section(suite: Result['emulator'], results: readonly Result[]): string[] {
  const columns = arches.filter((arch) => results.some((result) => result.arch === arch));
  const versions = [
    ...new Set(results.map((result) => result.emulatorVersion).filter((found) => found !== null)),
  ];
  const dates = [...new Set(results.map(dateOf))].sort();
  const title =
    suite === null
      ? 'Native'
      : `Emulated by Debian's ${suite} QEMU${versions.map((version) => ` ${version}`).join(',')}`;
  const passed = results.filter(({ outcome }) => outcome === 'pass').length;
  return [
    `## ${title}`,
    '',
    `${passed} of ${results.length} pass; run ${dates.length > 1 ? `${dates[0]} to ${dates.at(-1)}` : dates[0]}.`,
    '',
    `| program | what it does | ${columns.join(' | ')} |`,
    `|---|---|${columns.map(() => '---').join('|')}|`,
    ...programs.map(({ name, title: words, does }) => {
      const cells = columns.map((arch) =>
        cell(results.find((one) => one.arch === arch && one.program === name)),
      );
      return `| ${words} | ${does} | ${cells.join(' | ')} |`;
    }),
    `| | packages | ${columns.map((arch) => debianArchitectures[arch] ?? arch).join(' | ')} |`,
    '',
  ];
}

function cell(result: Result | undefined): string {
  switch (result?.outcome) {
    case undefined:
      return '';
    case 'pass':
      return `pass${mark(result)} ${result.packageVersion}, ${result.seconds} s`;
    case 'fail':
      return `**fail**${mark(result)} ${result.packageVersion}: ${result.verdict ? result.verdict.title : inline(result.why)}`;
    case 'not-run':
      return 'not run';
  }
}

function mark(result: Result): string {
  return result.configured ? '' : '°';
}

function problems(all: readonly Result[]): string[] {
  const found = all.filter((result) => result.outcome !== 'pass');
  if (found.length === 0) return [];
  return [
    '## What did not pass',
    '',
    ...found.flatMap((result) => [
      `### ${result.program} on ${result.arch}, ${result.emulator ?? 'native'}, ${dateOf(result)}`,
      '',
      `${result.outcome === 'fail' ? 'Failed' : 'Not run'}: ${inline(result.why)}`,
      ...(result.outcome === 'fail' && result.verdict
        ? ['', `The doctor: ${inline(result.verdict.title)} (\`${result.verdict.rule}\`).`]
        : []),
      '',
      ...quoted(result.output),
    ]),
  ];
}

/** A program's last words as indented code, which nothing in them can end. */
function quoted(output: string): string[] {
  const lines = output.trimEnd().split('\n').slice(-shownOutputLines).filter(Boolean);
  return lines.length > 0 ? [...lines.map((line) => `    ${printable(line)}`), ''] : [];
}

/** Text of programs inside a table or a sentence. */
function inline(text: string): string {
  return printable(text.replaceAll(/\s+/g, ' ')).replaceAll(/[|`<>*_[\]]/g, (char) => `\\${char}`);
}

function printable(text: string): string {
  return text.replaceAll(/[^\x20-\x7e]/g, '?');
}

function dateOf({ at }: Result): string {
  return new Date(at).toISOString().slice(0, 10);
}
