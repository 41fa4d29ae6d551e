import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { EngineError } from '../../base/engine-error.ts';
import { Rule } from './rule.ts';

/** One file: rules which belong together, most particular first. */
const RuleFile = z.array(Rule).min(1);

/** What the doctor knows, in the order in which it is tried: the first rule that agrees with the facts is the verdict. */
export type Catalogue = readonly Rule[];

/**
 * Reads every `.yaml` of the folder, by name. Throws `internal` naming file and place: the catalogue comes with the
 * program, so a mistake in it is ours.
 */
export async function readCatalogue(folder: string): Promise<Catalogue> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml')).sort();
  const files = await Promise.all(
    names.map(async (name) => parseRules(await readFile(join(folder, name), 'utf8'), name)),
  );
  const rules = files.flat();
  const twice = rules.find((rule, index) => rules.findIndex((other) => other.id === rule.id) !== index);
  if (twice) throw invalid(folder, `rule "${twice.id}" is there twice`);
  return rules;
}

function parseRules(text: string, name: string): Rule[] {
  let document: unknown;
  try {
    document = parse(text);
  } catch (thrown) {
    throw invalid(name, thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown));
  }
  const rules = RuleFile.safeParse(document);
  if (rules.success) return rules.data;
  const [issue] = rules.error.issues;
  throw invalid(name, `${issue?.path.map(String).join('.') ?? ''}: ${issue?.message ?? 'no rules'}`);
}

function invalid(where: string, why: string): EngineError {
  return new EngineError({
    code: 'internal',
    message: `The doctor's catalogue cannot be used: ${where}: ${why}.`,
    hint: 'engine/emulation/doctor/rule.ts says what a rule may hold.',
  });
}
