import type { PortApi } from '../port-api.ts';
import { refused } from './refused.ts';

/** A scripted engine publishes nothing. */
export const scriptedPorts: PortApi = {
  move: async () => refuse(),
  moveBack: async () => refuse(),
  check: async () => refuse(),
};

function refuse(): never {
  throw refused('ports');
}
