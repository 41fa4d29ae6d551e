import type { PublishedPort } from '../../../contract/published-ports.ts';
import type { Container } from '../../../contract/records.ts';
import { portKey, portText } from '../../published-ports/port-words.ts';

/** A published port and whose it is. */
export interface PortRow {
  readonly key: string;
  readonly container: Container;
  readonly port: PublishedPort;
}

/** Every published port of `containers`, by the host's port; those in which a search's words are all found. */
export function portRows(containers: readonly Container[], search: string): PortRow[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return containers
    .flatMap((container) =>
      container.ports.map((port) => ({ key: `${container.id} ${portKey(port)}`, container, port })),
    )
    .filter(({ container, port }) => {
      const { name, image, composeProject, id } = container;
      const text = [
        name,
        image,
        composeProject ?? '',
        portText(port),
        port.protocol,
        String(port.port),
        ...port.hostAddresses,
        port.problem?.message ?? '',
      ]
        .join('\n')
        .toLowerCase();
      return words.every((word) => text.includes(word) || id.startsWith(word));
    })
    .sort((a, b) => a.port.hostPort - b.port.hostPort || (a.key < b.key ? -1 : 1));
}
