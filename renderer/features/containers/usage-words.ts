import type { UsageSample } from '../../../contract/container-usage.ts';
import { formatBytes } from '../../ui/text/bytes.ts';

/** What a container uses, for a narrow column; empty while it is not known. */
export interface UsageWords {
  readonly cpu: string;
  readonly memory: string;
}

const nothing: UsageWords = { cpu: '', memory: '' };

/** Words for each container out of a sample and, for the processor, the one before. */
export function usageWords(
  latest: UsageSample | null,
  previous: UsageSample | null,
): (id: string) => UsageWords {
  const passedMs = latest && previous ? latest.guestMs - previous.guestMs : 0;
  return (id) => {
    const usage = latest?.containers[id];
    if (!usage) return nothing;
    const before = previous?.containers[id];
    const share =
      before && passedMs > 0 && usage.cpuMs >= before.cpuMs ? (usage.cpuMs - before.cpuMs) / passedMs : null;
    return { cpu: share === null ? '' : formatShare(share), memory: formatBytes(usage.memoryBytes) };
  };
}

/** `0.314` of a core as "31 %"; several cores make more than 100 %, as docker stats has it. */
export function formatShare(share: number): string {
  const percent = share * 100;
  return `${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}
