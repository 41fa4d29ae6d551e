import { Ellipsis, ExternalLink, Shuffle, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { OtherPortDialog } from '../../published-ports/other-port-dialog.tsx';
import { movePortBack } from '../../published-ports/port-acts.ts';
import { PortLink } from '../../published-ports/port-list.tsx';
import { PortNotice } from '../../published-ports/port-notice.tsx';
import { portPlace, portText, portUrl } from '../../published-ports/port-words.ts';
import { useDockerUnavailable, useStale } from '../../state/hooks.ts';
import { classNames } from '../../ui/class-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Lamp } from '../../ui/lamp.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { Pill } from '../../ui/pill.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import type { PortRow } from './port-rows.ts';

/** One published port: a link where a browser can open it, whose it is, how it is, and what can be done. */
export function PortRowView({ row: { container, port } }: { row: PortRow }) {
  const [asking, setAsking] = useState(false);
  const lost = useStale();
  const unavailable = useDockerUnavailable(container.vm);
  const stale = lost || container.stale;
  const moved = port.hostPort !== port.port;
  const url = portUrl(port);
  const place = portPlace(port);
  const items: MenuItem[] = [
    {
      label: 'Open in the browser',
      icon: <ExternalLink aria-hidden className="size-4 shrink-0 text-muted" />,
      unavailable: stale
        ? 'The VM has to run first'
        : url === undefined
          ? port.protocol === 'udp'
            ? 'Browsers do not speak UDP'
            : 'It does not answer'
          : undefined,
      onSelect: () => window.open(url, '_blank', 'noreferrer'),
    },
    {
      label: 'Use another port…',
      icon: <Shuffle aria-hidden className="size-4 shrink-0 text-muted" />,
      unavailable:
        unavailable ?? (port.problem?.reason === 'unsupported' ? 'Not from that address' : undefined),
      onSelect: () => setAsking(true),
    },
    ...(moved
      ? [
          {
            label: `Use ${port.port} again`,
            icon: <Undo2 aria-hidden className="size-4 shrink-0 text-muted" />,
            unavailable,
            onSelect: () => void movePortBack(container, port),
          },
        ]
      : []),
  ];
  return (
    <div className="flex flex-col gap-2.5 py-2.5 pr-3 pl-4">
      <div
        className={classNames(
          'grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-3 gap-y-1',
          'md:grid-cols-[minmax(0,1.1fr)_minmax(0,1fr)_9rem_auto]',
          stale && 'opacity-70',
        )}
      >
        <div className="min-w-0">
          <p className="flex min-w-0 items-center gap-2 font-medium tabular-nums">
            {stale ? portText(port) : <PortLink port={port} />}
            {place === undefined ? null : (
              <CopyButton text={place} label={`Copy ${place}`} className="-my-1 size-6" />
            )}
            {moved ? <Pill tone="accent">instead of {port.port}</Pill> : null}
          </p>
          <p className="truncate text-xs text-muted">
            {port.protocol.toUpperCase()} · {whereWords(port.hostAddresses)}
          </p>
        </div>
        <div className="col-start-1 row-start-2 min-w-0 md:col-start-2 md:row-start-1">
          <p className="truncate">
            <a href={`#/containers/${container.id}`} className="rounded hover:text-accent hover:underline">
              <Untrusted text={container.name} />
            </a>
          </p>
          <p className="truncate font-mono text-xs text-muted">
            <Untrusted text={container.image} />
          </p>
        </div>
        <div className="col-start-1 row-start-3 flex items-center gap-2 text-sm md:col-start-3 md:row-start-1">
          <Lamp tone={stale ? 'unknown' : port.problem === null ? 'good' : 'warn'} />
          {stale ? 'Last known' : stateWords(port)}
        </div>
        <div className="col-start-2 row-start-1 md:col-start-4">
          <Menu
            trigger={
              <IconButton
                label={`More about port ${portText(port)} of ${plainText(container.name)}`}
                icon={<Ellipsis aria-hidden className="size-4" />}
              />
            }
            items={items}
          />
        </div>
      </div>
      {stale ? null : <PortNotice container={container} port={port} />}
      {asking ? <OtherPortDialog container={container} port={port} onClose={() => setAsking(false)} /> : null}
    </div>
  );
}

function stateWords({ problem, hostAddresses }: PortRow['port']): string {
  if (problem === null) return 'Answers';
  return hostAddresses.length > 0 ? 'Answers in part' : 'Does not answer';
}

/** Where on this computer, in words. */
function whereWords(addresses: readonly string[]): string {
  if (addresses.length === 0) return 'nowhere on this computer';
  const shared = addresses.includes('0.0.0.0');
  const shown = addresses.filter((address) => address !== '0.0.0.0').map(plainText);
  return [...(shared ? ['every IPv4 address of this computer'] : []), ...shown].join(' and ');
}
