import type { PublishedPort } from '../../contract/published-ports.ts';
import type { Container } from '../../contract/records.ts';
import { perform } from '../state/perform.ts';
import { portKey } from './port-words.ts';

type Owner = Pick<Container, 'vm' | 'id'>;

/** Pending while the port of this container moves. */
export function pendingKey({ id }: Owner, port: PublishedPort): string {
  return `port:${id}:${portKey(port)}`;
}

/** `hostPort` null: whichever is free. */
export async function movePort(owner: Owner, port: PublishedPort, hostPort: number | null): Promise<void> {
  await perform(pendingKey(owner, port), (client) => client.port.move({ ...keyOf(owner, port), hostPort }));
}

export async function movePortBack(owner: Owner, port: PublishedPort): Promise<void> {
  await perform(pendingKey(owner, port), (client) => client.port.moveBack(keyOf(owner, port)));
}

export async function checkPorts(vm: string): Promise<void> {
  await perform(`ports:check:${vm}`, (client) => client.port.check({ vm }));
}

export function keyOf({ vm, id }: Owner, { protocol, address, port }: PublishedPort) {
  return { vm, container: id, protocol, address, port };
}
