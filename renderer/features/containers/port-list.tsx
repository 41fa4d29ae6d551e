import { TriangleAlert } from 'lucide-react';
import type { PublishedPort } from '../../../contract/records.ts';
import { plainText } from '../../ui/text/plain-text.ts';

export interface PortListProps {
  ports: readonly PublishedPort[];
  /** Beyond it, only how many more there are. */
  limit?: number;
  /** Of the links. */
  tabIndex?: 0 | -1;
}

/** Published ports; those a browser can open are links. */
export function PortList({ ports, limit = ports.length, tabIndex = 0 }: PortListProps) {
  if (ports.length === 0) return <span className="text-faint">–</span>;
  return (
    <ul className="text-sm tabular-nums">
      {ports.slice(0, limit).map((port) => (
        <li key={portText(port)} className="flex items-center gap-1 truncate">
          {port.problem !== null ? (
            <TriangleAlert aria-label="Not forwarded" className="size-3.5 text-warn" />
          ) : null}
          {port.problem === null && port.protocol === 'tcp' ? (
            <a
              href={`http://localhost:${port.hostPort}/`}
              target="_blank"
              rel="noreferrer"
              tabIndex={tabIndex}
              className="rounded text-accent hover:underline"
            >
              {portText(port)}
            </a>
          ) : (
            portText(port)
          )}
        </li>
      ))}
      {ports.length > limit ? <li className="text-faint">and {ports.length - limit} more</li> : null}
    </ul>
  );
}

/** `8080 → 80`, with the protocol where it is not TCP and the address where it is not loopback or all. */
export function portText(port: PublishedPort): string {
  const usual = ['127.0.0.1', '0.0.0.0', '::', '::1', ''].includes(port.hostAddress);
  const host = usual ? port.hostPort : `${plainText(port.hostAddress)}:${port.hostPort}`;
  return `${host} → ${port.containerPort}${port.protocol === 'tcp' ? '' : `/${port.protocol}`}`;
}
