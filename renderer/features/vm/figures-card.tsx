import type { Vm } from '../../../contract/records.ts';
import { useStale } from '../../state/hooks.ts';
import { useTheme } from '../../state/theme.ts';
import { Card } from '../../ui/card.tsx';
import { Plot, PlotSwatch, type PlotTone } from '../../ui/plot.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { useVisible } from '../../ui/use-visible.ts';
import { DiskActions } from './disk-actions.tsx';
import { type HistoryPoint, historySpanMs, valuesOf } from './figures-history.ts';
import { useVmFigures } from './use-vm-figures.ts';

/** A disk's plot ends a little above its highest line. */
const headroom = 1.2;

/** What the VM uses, as it and this computer see it; measured only while this is in view. */
export function FiguresCard({ vm }: { vm: Vm }) {
  const [element, looking] = useVisible<HTMLDivElement>();
  const running = vm.state === 'running' || vm.state === 'degraded';
  const { history, error } = useVmFigures(vm.name, { running, looking });
  const stale = useStale();
  const note = !running
    ? 'Measured while the VM runs'
    : stale
      ? 'As last heard of'
      : error
        ? plainText(error.message)
        : 'The last two minutes';
  const diskMax = headroom * mostOf(history, ({ disk }) => Math.max(disk.guestUsedBytes, disk.hostBytes));
  return (
    <Card title="What it uses" note={note}>
      <div ref={element} className="grid gap-x-8 gap-y-5 min-[46rem]:grid-cols-3">
        <Meter
          title="Memory"
          of={`of ${formatBytes(vm.memoryBytes)}`}
          history={history}
          max={Math.max(
            vm.memoryBytes,
            mostOf(history, ({ memory }) => memory.hostResidentBytes),
          )}
          format={formatBytes}
          lines={[
            {
              name: 'Used in the VM',
              tone: 'accent',
              pick: ({ memory }) => memory.guestUsedBytes,
            },
            {
              name: 'Its file cache',
              tone: 'faint',
              pick: ({ memory }) => memory.guestCacheBytes,
            },
            {
              name: 'On this computer',
              tone: 'ink',
              pick: ({ memory }) => memory.hostResidentBytes,
            },
          ]}
        />
        <Meter
          title="Processor"
          of={vm.cpus === 1 ? 'of 1 core' : `of ${vm.cpus} cores`}
          history={history}
          max={Math.max(
            vm.cpus,
            mostOf(history, ({ cpuShare }) => cpuShare ?? 0),
          )}
          format={formatCores}
          lines={[{ name: 'Used by QEMU', tone: 'accent', pick: ({ cpuShare }) => cpuShare }]}
        />
        <Meter
          title="Data disk"
          of={`of ${formatBytes(vm.diskBytes)}`}
          history={history}
          max={diskMax}
          format={formatBytes}
          lines={[
            { name: 'Used in the VM', tone: 'accent', pick: ({ disk }) => disk.guestUsedBytes },
            { name: 'On this computer', tone: 'ink', pick: ({ disk }) => disk.hostBytes },
          ]}
        />
      </div>
      <DiskActions vm={vm} />
    </Card>
  );
}

type Figures = NonNullable<HistoryPoint['figures']>;

interface MeterProps {
  title: string;
  /** What it is a part of: "of 2 GiB". */
  of: string;
  history: readonly HistoryPoint[];
  max: number;
  format: (value: number) => string;
  lines: readonly { name: string; tone: PlotTone; pick: (figures: Figures) => number | null }[];
}

/** One thing measured: its plot, and each line's newest value. As high without figures as with them. */
function Meter({ title, of, history, max, format, lines }: MeterProps) {
  const dark = useTheme((theme) => theme.dark);
  const latest = history.at(-1)?.figures;
  return (
    <section aria-label={title} className="flex min-w-0 flex-col">
      <h3 className="flex items-baseline justify-between gap-2">
        <span className="font-medium">{title}</span>
        <span className="text-sm text-muted tabular-nums">{of}</span>
      </h3>
      <div className="mt-1">
        <Plot
          label={`${title} over the last two minutes`}
          times={history.map(({ at }) => at / 1_000)}
          lines={lines.map(({ tone, pick }) => ({ tone, values: valuesOf(history, pick) }))}
          max={max > 0 ? max : 1}
          maxLabel={latest ? format(max) : ''}
          spanSeconds={historySpanMs / 1_000}
          dark={dark}
        />
      </div>
      <dl className="mt-1.5 flex flex-col gap-0.5 text-sm">
        {lines.map(({ name, tone, pick }) => {
          const value = latest ? pick(latest) : null;
          return (
            <div key={name} className="flex items-center gap-2">
              <PlotSwatch tone={tone} />
              <dt className="min-w-0 flex-1 truncate text-muted">{name}</dt>
              <dd className="shrink-0 tabular-nums">{value === null ? '–' : format(value)}</dd>
            </div>
          );
        })}
      </dl>
    </section>
  );
}

/** "0.31 cores": processor time for each second that passed. */
function formatCores(share: number): string {
  return share === 1 ? '1 core' : `${Number.isInteger(share) ? share : share.toFixed(2)} cores`;
}

function mostOf(history: readonly HistoryPoint[], pick: (figures: Figures) => number): number {
  return Math.max(0, ...history.map(({ figures }) => (figures ? pick(figures) : 0)));
}
