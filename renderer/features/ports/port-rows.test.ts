import { expect, it } from 'vitest';
import type { PublishedPort } from '../../../contract/published-ports.ts';
import type { Container } from '../../../contract/records.ts';
import { portRows } from './port-rows.ts';

const port = (number: number, change: Partial<PublishedPort> = {}): PublishedPort => ({
  protocol: 'tcp',
  address: '',
  port: number,
  containerPort: 80,
  hostPort: number,
  hostAddresses: ['127.0.0.1', '::1'],
  problem: null,
  ...change,
});

const container = (name: string, ports: PublishedPort[]): Container => ({
  vm: 'service',
  id: name.padEnd(64, '0'),
  name,
  image: 'busybox',
  command: '',
  state: 'running',
  status: 'Up',
  exitCode: null,
  createdAt: 0,
  startedAt: 0,
  arch: 'amd64',
  execution: 'native',
  emulator: null,
  ports,
  composeProject: null,
  autoRemove: false,
  binds: [],
  diagnosis: null,
  stale: false,
});

const containers = [
  container('web', [port(8443), port(8080)]),
  container('dns', [port(53, { protocol: 'udp', containerPort: 53 })]),
];

it('lists every port by its number on the host', () => {
  expect(portRows(containers, '').map((row) => row.port.port)).toEqual([53, 8080, 8443]);
});

it('finds by container, number and protocol, every word of it', () => {
  const found = (search: string) => portRows(containers, search).map((row) => row.port.port);
  expect(found('WEB 8443')).toEqual([8443]);
  expect(found('udp')).toEqual([53]);
  expect(found('web udp')).toEqual([]);
});
