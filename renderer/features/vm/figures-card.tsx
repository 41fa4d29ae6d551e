import type { Vm } from '../../../contract/records.ts';
import { useStale } from '../../state/hooks.ts';
import { useTheme } from '../../state/theme.ts';
import { Card } from '../../ui/card.tsx';
import { Meter } from '../../ui/meter.tsx';
import { mostOf } from '../../ui/sample-history.ts';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatCores } from '../../ui/text/cores.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { useVisible } from '../../ui/use-visible.ts';
import { DiskActions } from './disk-actions.tsx';
import { useVmFigures } from './use-vm-figures.ts';

/** A disk's plot ends a little above its highest line. */
const headroom = 1.2;

/** What the VM uses, as it and this computer see it; measured only while this is in view. */
export function FiguresCard({ vm }: { vm: Vm }) {
  const [element, looking] = useVisible<HTMLDivElement>();
  const running = vm.state === 'running' || vm.state === 'degraded';
  const { history, error } = useVmFigures(vm.name, { running, looking });
  const stale = useStale();
  const dark = useTheme((theme) => theme.dark);
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
          dark={dark}
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
          dark={dark}
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
          dark={dark}
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
