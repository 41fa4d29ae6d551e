import { Settings } from '../../../contract/records.ts';
import { readDiskSize } from '../../vocabulary/disk-size.ts';

/** The form: what is typed, as typed. Empty text means "chosen for me". */
export interface SettingsDraft {
  autoStart: boolean;
  stopBy: Settings['stopBy'];
  accelerator: Settings['accelerator'];
  cpus: string;
  memoryMiB: string;
  diskGiB: string;
  mirror: string;
}

export type DraftProblems = Partial<Record<keyof SettingsDraft, string>>;

export function draftOf(settings: Settings): SettingsDraft {
  return {
    autoStart: settings.autoStart,
    stopBy: settings.stopBy,
    accelerator: settings.accelerator,
    cpus: settings.cpus?.toString() ?? '',
    memoryMiB: settings.memoryMiB?.toString() ?? '',
    diskGiB: settings.diskGiB.toString(),
    mirror: settings.mirror ?? '',
  };
}

const bytesPerGiB = 1024 ** 3;

/**
 * What the draft changes, or why it cannot be saved. The bounds are the contract's own; a disk is as large as it is, so
 * `saved.diskGiB` is the disk's size and nothing below it can be had.
 */
export function readDraft(
  draft: SettingsDraft,
  saved: Settings,
): { change: Partial<Settings>; problems: DraftProblems } {
  const read = {
    autoStart: draft.autoStart,
    stopBy: draft.stopBy,
    accelerator: draft.accelerator,
    cpus: number(draft.cpus),
    memoryMiB: number(draft.memoryMiB),
    diskGiB: number(draft.diskGiB) ?? Number.NaN,
    mirror: draft.mirror.trim() === '' ? null : draft.mirror.trim(),
  };
  const disk = readDiskSize(draft.diskGiB, saved.diskGiB * bytesPerGiB);
  const parsed = Settings.pick({
    autoStart: true,
    stopBy: true,
    accelerator: true,
    cpus: true,
    memoryMiB: true,
    diskGiB: true,
    mirror: true,
  }).safeParse(read);
  const problems: DraftProblems = {};
  for (const issue of parsed.error?.issues ?? []) {
    const field = issue.path[0];
    if (isField(field)) problems[field] = explanations[field];
  }
  if ('problem' in disk) problems.diskGiB = disk.problem;
  if (!parsed.success || 'problem' in disk) return { change: {}, problems };
  const changed = Object.entries(parsed.data).filter(
    ([name, value]) => saved[name as keyof Settings] !== value,
  );
  return { change: Object.fromEntries(changed), problems: {} };
}

const explanations: Record<keyof SettingsDraft, string> = {
  autoStart: 'On or off.',
  stopBy: 'One of the two.',
  accelerator: 'One of the list.',
  cpus: 'A whole number from 1 to 64, or empty.',
  memoryMiB: 'A whole number of MiB, at least 512, or empty.',
  diskGiB: 'A whole number of GiB, at least 4.',
  mirror: 'An http or https address, or empty.',
};

function isField(name: unknown): name is keyof SettingsDraft {
  return typeof name === 'string' && name in explanations;
}

function number(text: string): number | null {
  const trimmed = text.trim();
  return trimmed === '' ? null : /^\d+$/.test(trimmed) ? Number(trimmed) : Number.NaN;
}
