import { readFile } from 'node:fs/promises';
import { pathsUnder } from '../engine/paths.ts';
import { createGuestConnector } from '../engine/ssh/guest-connector.ts';
import type { GuestLink, VmKeys } from '../engine/vm/ports.ts';
import type { Bench } from './bench.ts';

export interface ConnectedGuest {
  readonly link: GuestLink;
  readonly port: number;
  readonly keys: VmKeys;
}

/** A connection of the bench's own into the VM, which runs; it ends with the part. */
export async function connectGuest(bench: Bench): Promise<ConnectedGuest> {
  const { home, scope, vm } = bench;
  const { endpoints } = await bench.running();
  const keys = JSON.parse(await readFile(pathsUnder(home).vm(vm).keys, 'utf8')) as VmKeys;
  const port = endpoints.sshPort;
  if (port === null) throw new Error(`VM "${vm}" has no SSH port`);
  const link = await createGuestConnector().connect({ port, keys, signal: scope.signal });
  scope.defer(() => link.close());
  return { link, port, keys };
}
