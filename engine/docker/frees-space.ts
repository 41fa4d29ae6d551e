import type { DockerEvent } from './container-record.ts';
import { isHidden } from './hidden-containers.ts';

/** What Docker says when something is gone, for each kind of thing (Docker's API, "Monitor events"). */
const types = ['image', 'container', 'volume', 'builder'];
const actions = ['delete', 'destroy', 'prune'];

/** Whether Docker has removed an image, a container, a volume or build cache. What Foredeck runs for itself does not count. */
export function freesSpace({ Type: type, Action: action, Actor: { Attributes } }: DockerEvent): boolean {
  return types.includes(type) && actions.includes(action) && !isHidden(Attributes.name, Attributes);
}
