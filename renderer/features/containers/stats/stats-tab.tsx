import { useEffect, useState } from 'react';
import type { Container, Vm } from '../../../../contract/records.ts';
import { useEngineState, useStale } from '../../../state/hooks.ts';
import { useTheme } from '../../../state/theme.ts';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { Meter } from '../../../ui/meter.tsx';
import { type HistoryPoint, mostOf, withSample } from '../../../ui/sample-history.ts';
import { formatBytes } from '../../../ui/text/bytes.ts';
import { formatCores } from '../../../ui/text/cores.ts';
import { useVisible } from '../../../ui/use-visible.ts';
import { useUsages } from '../use-usages.ts';
import { type UsageRates, usageRates } from './usage-rates.ts';

/** Scales whose end is not given end a little above what was seen, and not below these. */
const headroom = 1.2;
const leastRate = 64 * 1024;
const leastProcesses = 4;

/** What a container uses, live, in plots; measured only while this is in view. */
export function StatsTab({ container }: { container: Container }) {
  const [element, inView] = useVisible<HTMLDivElement>();
  const vm = useEngineState((state) => state.vms[container.vm]);
  const running = container.state === 'running' || container.state === 'paused';
  const looking = inView && running && vm?.endpoints.dockerReady === true;
  const { latest, previous, error } = useUsages(container.vm, container.id, looking);
  const [history, setHistory] = useState<readonly HistoryPoint<UsageRates>[]>([]);
  useEffect(() => {
    const rates = latest && usageRates(container.id, latest, previous);
    if (rates) setHistory((before) => withSample(before, rates));
  }, [container.id, latest, previous]);
  const stale = useStale();
  const limit = latest?.containers[container.id]?.memoryLimitBytes ?? null;
  const note = !running
    ? 'Measured while the container runs.'
    : stale || !vm?.endpoints.dockerReady
      ? 'As last heard of.'
      : 'The last two minutes, a sample every two seconds while you look.';
  return (
    <div ref={element} className="flex flex-col gap-4">
      <p className="text-sm text-muted">{note}</p>
      {error && looking ? (
        <ErrorPanel tone="warn" message={error.message} hint={error.hint} details={error.details} />
      ) : null}
      {vm ? <Meters vm={vm} history={history} limit={limit} /> : null}
    </div>
  );
}

interface MetersProps {
  vm: Vm;
  history: readonly HistoryPoint<UsageRates>[];
  /** Of its memory, bytes; null: as much as the VM has. */
  limit: number | null;
}

function Meters({ vm, history, limit }: MetersProps) {
  const dark = useTheme((theme) => theme.dark);
  const shared = { history, dark };
  const ioMax = rateMax(history, ({ readRate, writtenRate }) => Math.max(readRate ?? 0, writtenRate ?? 0));
  const netMax = rateMax(history, ({ receivedRate, sentRate }) => Math.max(receivedRate ?? 0, sentRate ?? 0));
  const processesMax = Math.max(
    leastProcesses,
    headroom * mostOf(history, ({ processes }) => processes ?? 0),
  );
  return (
    <div className="grid gap-x-8 gap-y-6 rounded-lg border border-line bg-surface p-4 shadow-card min-[46rem]:grid-cols-2 min-[70rem]:grid-cols-3">
      <Meter
        {...shared}
        title="Processor"
        of={vm.cpus === 1 ? 'of the VM’s core' : `of the VM’s ${vm.cpus} cores`}
        max={Math.max(
          vm.cpus,
          mostOf(history, ({ cpuShare }) => cpuShare ?? 0),
        )}
        format={formatCores}
        lines={[{ name: 'Used', tone: 'accent', pick: ({ cpuShare }) => cpuShare }]}
      />
      <Meter
        {...shared}
        title="Memory"
        of={
          limit === null ? `of the VM’s ${formatBytes(vm.memoryBytes)}` : `of ${formatBytes(limit)} at most`
        }
        max={Math.max(
          limit ?? vm.memoryBytes,
          mostOf(history, ({ memoryBytes }) => memoryBytes),
        )}
        format={formatBytes}
        lines={[{ name: 'Used', tone: 'accent', pick: ({ memoryBytes }) => memoryBytes }]}
      />
      <Meter
        {...shared}
        title="Processes"
        of=""
        max={processesMax}
        format={(value) => String(Math.round(value))}
        lines={[{ name: 'Processes and threads', tone: 'accent', pick: ({ processes }) => processes }]}
      />
      <Meter
        {...shared}
        title="Disk"
        of=""
        max={ioMax}
        format={formatRate}
        lines={[
          { name: 'Read', tone: 'accent', pick: ({ readRate }) => readRate },
          { name: 'Written', tone: 'ink', pick: ({ writtenRate }) => writtenRate },
        ]}
      />
      <Meter
        {...shared}
        title="Network"
        of=""
        max={netMax}
        format={formatRate}
        lines={[
          { name: 'Received', tone: 'accent', pick: ({ receivedRate }) => receivedRate },
          { name: 'Sent', tone: 'ink', pick: ({ sentRate }) => sentRate },
        ]}
      />
    </div>
  );
}

function rateMax(history: readonly HistoryPoint<UsageRates>[], pick: (rates: UsageRates) => number): number {
  return Math.max(leastRate, headroom * mostOf(history, pick));
}

function formatRate(bytesPerSecond: number): string {
  return `${formatBytes(bytesPerSecond < 1_000 ? Math.round(bytesPerSecond) : bytesPerSecond)}/s`;
}
