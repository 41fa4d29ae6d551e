import type { OfContainer } from '../contract/container-actions.ts';
import type { PortKey, PublishedPort } from '../contract/published-ports.ts';

/** Published ports; part of EngineApi. */
export interface PortApi {
  /** `hostPort` null: a free one. Throws `port_taken`, or `wrong_state` while the container does not publish it. */
  move(options: OfContainer & PortKey & { hostPort: number | null }): Promise<PublishedPort>;
  moveBack(options: OfContainer & PortKey): Promise<PublishedPort>;
  check(vm: string): Promise<void>;
}
