import type { ContainerUsage, UsageSample } from '../../../../contract/container-usage.ts';

/** What a container used from one sample to the next; null where that is not known. Rates are per second. */
export interface UsageRates {
  readonly at: number;
  /** 1 being one whole core. */
  readonly cpuShare: number | null;
  readonly memoryBytes: number;
  readonly processes: number | null;
  readonly readRate: number | null;
  readonly writtenRate: number | null;
  readonly receivedRate: number | null;
  readonly sentRate: number | null;
}

/** Null when the container is not in the newer sample. A counter that went back began anew: its rate is not known. */
export function usageRates(id: string, latest: UsageSample, previous: UsageSample | null): UsageRates | null {
  const now = latest.containers[id];
  if (!now) return null;
  const before = previous?.containers[id];
  const passedSeconds = previous ? (latest.guestMs - previous.guestMs) / 1_000 : 0;
  const rate = (pick: (usage: ContainerUsage) => number | null): number | null => {
    const [from, to] = [before ? pick(before) : null, pick(now)];
    return from !== null && to !== null && to >= from && passedSeconds > 0
      ? (to - from) / passedSeconds
      : null;
  };
  return {
    at: latest.at,
    cpuShare: rate(({ cpuMs }) => cpuMs / 1_000),
    memoryBytes: now.memoryBytes,
    processes: now.processes,
    readRate: rate(({ readBytes }) => readBytes),
    writtenRate: rate(({ writtenBytes }) => writtenBytes),
    receivedRate: rate(({ receivedBytes }) => receivedBytes),
    sentRate: rate(({ sentBytes }) => sentBytes),
  };
}
