import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Accelerator } from '../../contract/records.ts';

/**
 * The host's processor as its guests see it: model and features. A guest that runs on it directly keeps using what it
 * found at its boot. Null under TCG, which emulates the same processor everywhere.
 */
export async function hostProcessor(accelerator: Accelerator): Promise<string | null> {
  if (accelerator === 'tcg') return null;
  const model = cpus().at(0)?.model ?? 'unknown processor';
  // Linux lists them as `flags` (x86) or `Features` (arm64); a kernel or microcode update may take some away.
  const text = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  const features = /^(?:flags|Features)\s*:\s*(?<features>.*)$/m.exec(text)?.groups?.features;
  if (features === undefined) return model;
  return `${model}, features ${createHash('sha256').update(features).digest('hex').slice(0, 12)}`;
}
