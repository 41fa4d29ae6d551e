import { TriangleAlert } from 'lucide-react';
import type { PublishedPort } from '../../contract/published-ports.ts';
import { plainText } from '../ui/text/plain-text.ts';
import { Tooltip } from '../ui/tooltip.tsx';
import { portKey, portText, portUrl } from './port-words.ts';

export interface PortListProps {
  ports: readonly PublishedPort[];
  /** Beyond it, only how many more there are. */
  limit?: number;
  /** They are the last thing known: none of them leads anywhere. */
  stale?: boolean;
  /** Of the links. */
  tabIndex?: 0 | -1;
}

/** Published ports; those a browser can open are links. */
export function PortList({ ports, limit = ports.length, stale = false, tabIndex = 0 }: PortListProps) {
  if (ports.length === 0) return <span className="text-faint">–</span>;
  return (
    <ul className="text-sm tabular-nums">
      {ports.slice(0, limit).map((port) => (
        <li key={portKey(port)} className="flex items-center gap-1 truncate">
          {port.problem !== null && !stale ? (
            <Tooltip text={plainText(port.problem.message)}>
              <a href="#/ports" tabIndex={tabIndex} className="rounded">
                <TriangleAlert
                  role="img"
                  aria-label={port.hostAddresses.length > 0 ? 'Forwarded in part' : 'Not forwarded'}
                  className="size-3.5 text-warn"
                />
              </a>
            </Tooltip>
          ) : null}
          {stale ? portText(port) : <PortLink port={port} tabIndex={tabIndex} />}
        </li>
      ))}
      {ports.length > limit ? <li className="text-faint">and {ports.length - limit} more</li> : null}
    </ul>
  );
}

/** Its numbers, and a link where a browser can open it. */
export function PortLink({ port, tabIndex = 0 }: { port: PublishedPort; tabIndex?: 0 | -1 }) {
  const url = portUrl(port);
  if (url === undefined) return portText(port);
  return (
    <a
      href={url}
      target="_blank"
      rel="noreferrer"
      tabIndex={tabIndex}
      className="truncate rounded text-accent hover:underline"
    >
      {portText(port)}
    </a>
  );
}
