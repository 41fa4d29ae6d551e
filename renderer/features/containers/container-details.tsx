import type { Container } from '../../../contract/records.ts';
import { PortList } from '../../published-ports/port-list.tsx';
import { PortNotice } from '../../published-ports/port-notice.tsx';
import { portKey } from '../../published-ports/port-words.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type Fact, Facts } from '../../ui/facts.tsx';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { BindList } from './bind-list.tsx';
import { hasFailed } from './container-failure.ts';
import { DoctorCard } from './doctor-card.tsx';
import { FixProgress } from './fix-progress.tsx';
import { LensCard } from './lens-card.tsx';
import { ProcessTree } from './process-tree.tsx';

const ageTickMs = 10_000;
const shortIdLength = 12;

/** A container at a glance: what is wrong, its processes, then the facts a table has no room for. */
export function ContainerDetails({ container }: { container: Container }) {
  const now = useNow(ageTickMs);
  const facts: Fact[] = [
    {
      name: 'Command',
      value: <Untrusted text={container.command} className="font-mono text-sm" />,
      wide: true,
    },
    {
      name: 'ID',
      value: (
        <span className="flex items-center gap-1 font-mono text-sm">
          {plainText(container.id).slice(0, shortIdLength)}
          <CopyButton
            text={plainText(container.id)}
            label="Copy the container's id"
            className="-my-1 size-6"
          />
        </span>
      ),
    },
    { name: 'Created', value: formatAge(now - container.createdAt) },
  ];
  if (container.ports.length > 0)
    facts.push({ name: 'Ports', value: <PortList ports={container.ports} stale={container.stale} /> });
  if (container.binds.length > 0) {
    facts.push({ name: 'Bind mounts', value: <BindList binds={container.binds} />, wide: true });
  }
  if (container.emulator) facts.push({ name: 'Emulator', value: <Untrusted text={container.emulator} /> });
  if (container.composeProject) {
    facts.push({ name: 'Compose project', value: <Untrusted text={container.composeProject} /> });
  }
  if (container.exitCode !== null && container.state !== 'running') {
    facts.push({ name: 'Exit code', value: container.exitCode });
  }
  return (
    <div className="flex flex-col gap-4 pb-5">
      <FixProgress container={container} />
      {hasFailed(container) ? <DoctorCard container={container} /> : null}
      {container.ports.map((port) => (
        <PortNotice key={portKey(port)} container={container} port={port} />
      ))}
      {container.state === 'running' || container.state === 'paused' ? (
        <ProcessTree container={container} />
      ) : (
        <p className="text-muted">It has no processes while it is not running.</p>
      )}
      <LensCard container={container} />
      <Facts facts={facts} />
    </div>
  );
}
