import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fix } from '../../../contract/doctor.ts';
import { readCatalogue } from './catalogue.ts';
import { type FailureFixture, readFixtures } from './failure-fixture.ts';
import { type FixCircumstances, offerFixes } from './offer-fixes.ts';
import type { FailureFacts } from './ports.ts';
import type { Rule } from './rule.ts';
import { textNames } from './text-names.ts';

const introduction = `# Troubleshooting

Why containers fail, in the doctor's own words. When one fails in Foredeck, its row says so by itself, from exit code,
handler, processes and log together; \`foredeck doctor CONTAINER\` says the same in a terminal. This page is for looking
it up by the message. Architectures are examples; \`IMAGE\` and \`NAME\` stand for yours.

When the VM itself does not start, its card on the Overview screen names the stage at which it stopped and what helps;
\`foredeck logs\` prints what its console said last.

Made by \`npm run troubleshooting\` out of \`resources/doctor-catalogue/\`. Do not edit it here.
`;

export interface TroubleshootingPageOptions {
  /** `resources/doctor-catalogue`. */
  readonly catalogueFolder: string;
  /** What was seen of each rule: the messages come from there. */
  readonly fixturesFolder: string;
}

/** The catalogue as a page for people, Markdown: what is seen, why, what helps. */
export async function troubleshootingPage(options: TroubleshootingPageOptions): Promise<string> {
  const { catalogueFolder, fixturesFolder } = options;
  const rules = new Map((await readCatalogue(catalogueFolder)).map((rule) => [rule.id, rule]));
  const fixtures = await readFixtures(fixturesFolder);
  const parts = [introduction];
  for (const name of (await readdir(catalogueFolder)).filter((file) => file.endsWith('.yaml')).sort()) {
    const text = await readFile(join(catalogueFolder, name), 'utf8');
    parts.push(`## ${headingOf(text)}\n`);
    for (const [, id = ''] of text.matchAll(/^- id: (\S+)$/gm)) {
      const rule = rules.get(id);
      const shown = fixtures.filter((fixture) => fixture.rule === id);
      if (!rule) throw new Error(`rule "${id}" in ${name} is not in the catalogue`);
      const fixture = shown.find(({ facts }) => messageOf(rule, facts) !== undefined) ?? shown[0];
      if (!fixture) throw new Error(`nothing shows rule "${id}" in ${name}`);
      parts.push(entryOf(rule, fixture));
    }
  }
  return parts.join('\n');
}

/** The first sentence of a file's first comment says what its rules have in common. */
function headingOf(text: string): string {
  return /^# ([^.:]+)/.exec(text)?.[1] ?? 'More';
}

function entryOf(rule: Rule, { facts: seen }: FailureFixture): string {
  const facts = { ...seen, container: { ...seen.container, image: 'IMAGE', name: 'NAME' } };
  const fill = textNames(facts);
  const message = messageOf(rule, seen);
  const fixes = offerFixes({ rule, facts, circumstances, remembered: [] });
  return [
    `### ${fill(rule.title)}${rule.when.how.includes('exec') ? ' (docker exec)' : ''}\n`,
    ...(message === undefined ? [] : [`\`\`\`text\n${message}\n\`\`\`\n`]),
    `${fill(rule.cause)} ([source](${rule.source}))\n`,
    `${fixes.map(fixLine).join('\n')}\n`,
  ].join('\n');
}

/** The line by which it is recognised; none where exit code and handler alone tell. */
function messageOf({ when }: Rule, { container, lines }: FailureFacts): string | undefined {
  if (when.error) return container.error;
  return [...lines, container.error].find((line) => when.lines?.some((pattern) => pattern.test(line)));
}

function fixLine({ label, detail, command, unavailable }: Fix): string {
  const later = unavailable === null ? '' : ` *${unavailable}*`;
  return `- **${label}.** ${detail}${command === null ? '' : ` \`${command}\``}${later}`;
}

/** Nothing is known of a reader's image; both suites have an emulator. */
const circumstances: FixCircumstances = {
  choices: (['stable', 'backports'] as const).map((suite) => ({
    suite,
    version: '',
    ready: false,
    recommended: suite === 'stable',
    current: suite === 'stable',
    previous: false,
  })),
  imageArches: null,
  foreignVm: () => 'Not in this version yet.',
};
