import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Arch } from '../../../contract/arch.ts';
import { Warning } from '../../../contract/launch.ts';
import type { ImageReference } from './image-reference.ts';

/** What is known of an image where it is emulated; natively none of it applies. */
export const KnownImageRule = z.strictObject({
  id: z.string(),
  /** As Docker shows them: without `docker.io/` and `library/`. */
  repositories: z.array(z.string()).min(1),
  /** Only for tags that are a version of at least this, and for those that are none, such as `latest`. */
  from: z.string().optional(),
  /** Only for tags that are a version below this. */
  below: z.string().optional(),
  /** Only for these; every emulated one when absent. */
  arches: z.array(Arch).min(1).optional(),
  /** Does not apply where the handler was seen to offer this level. */
  needsIsa: z.string().optional(),
  severity: Warning.shape.severity,
  text: z.string(),
  source: z.url({ protocol: /^https$/ }),
});
export type KnownImageRule = z.infer<typeof KnownImageRule>;

export const KnownImages = z.object({ rules: z.array(KnownImageRule) });

/** Throws when the file, which is part of the program, is not as it should be. */
export async function readKnownImages(path: string): Promise<readonly KnownImageRule[]> {
  return KnownImages.parse(JSON.parse(await readFile(path, 'utf8'))).rules;
}

/** What is known of `reference` when `arch` of it is emulated by a handler which offers `isaLevel`. */
export function knownWarnings(
  rules: readonly KnownImageRule[],
  image: { reference: ImageReference; arch: Arch; isaLevel: string | null },
): Warning[] {
  const { reference, arch, isaLevel } = image;
  return rules
    .filter(
      (rule) =>
        rule.repositories.includes(reference.repository) &&
        (rule.arches?.includes(arch) ?? true) &&
        versionApplies(rule, reference.tag) &&
        !(rule.needsIsa !== undefined && isaLevel !== null && offersIsa(isaLevel, rule.needsIsa)),
    )
    .map(({ severity, text, source, needsIsa }) => ({
      // What the handler offers is not known: it may well do.
      severity: needsIsa !== undefined && isaLevel === null ? 'risk' : severity,
      text,
      source,
    }));
}

function versionApplies(rule: KnownImageRule, tag: string | null): boolean {
  const version = versionOf(tag ?? '');
  if (version === null) return rule.below === undefined;
  if (rule.from !== undefined && compareVersions(version, versionOf(rule.from) ?? []) < 0) return false;
  return rule.below === undefined || compareVersions(version, versionOf(rule.below) ?? []) < 0;
}

/** `8.0.36-debian` is 8, 0, 36; null for a tag that begins with no number. */
function versionOf(tag: string): number[] | null {
  const numbers = /^v?(?<numbers>\d+(?:\.\d+)*)/.exec(tag)?.groups?.numbers;
  return numbers === undefined ? null : numbers.split('.').map(Number);
}

/** A part that is not there is the newest: `1.25` stands for the newest 1.25. */
function compareVersions(one: readonly number[], other: readonly number[]): number {
  for (const [index, part] of other.entries()) {
    const difference = (one[index] ?? Number.POSITIVE_INFINITY) - part;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Levels of one family, `x86-64-v2` and `x86-64-v3`, include one another. */
export function offersIsa(offered: string, needed: string): boolean {
  const [one, other] = [offered, needed].map((level) => /^(?<family>.*)-v(?<level>\d+)$/.exec(level)?.groups);
  if (!one || !other || one.family !== other.family) return offered === needed;
  return Number(one.level) >= Number(other.level);
}
