import type { Diagnosis, RememberedFix } from '../../../contract/doctor.ts';
import { archRow } from '../arch-table.ts';
import type { Catalogue } from './catalogue.ts';
import { matchRule } from './match-rule.ts';
import { type FixCircumstances, offerFixes } from './offer-fixes.ts';
import type { FailureFacts } from './ports.ts';
import { textNames } from './text-names.ts';

/** The verdict of the first rule that agrees with every fact; null when none does. */
export function diagnose(options: {
  readonly catalogue: Catalogue;
  readonly facts: FailureFacts;
  readonly circumstances: FixCircumstances;
  readonly remembered: readonly RememberedFix[];
  /** Epoch milliseconds. */
  readonly at: number;
}): Diagnosis | null {
  const { catalogue, facts, circumstances, remembered, at } = options;
  for (const rule of catalogue) {
    const evidence = matchRule(rule, facts);
    if (!evidence) continue;
    const fill = textNames(facts);
    return {
      rule: rule.id,
      at,
      title: fill(rule.title),
      cause: fill(rule.cause),
      evidence,
      fixes: offerFixes({ rule, facts, circumstances, remembered }),
      source: rule.source,
      arch: facts.arch,
      emulator: facts.emulator ?? emulatorBehind(facts),
    };
  }
  return null;
}

/** What must have run a program too short-lived to be seen; null when that is not known. */
function emulatorBehind({ arch, handler }: FailureFacts): string | null {
  if (arch === null || handler.state !== 'on' || handler.version === null) return null;
  return `${archRow(arch).emulator} ${handler.version}`;
}
