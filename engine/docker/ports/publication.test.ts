import type { ContainerInfo, ContainerInspectInfo } from 'dockerode';
import { expect, it } from 'vitest';
import { publicationInList, publicationOf } from './publication.ts';

/** As Docker 26.1 answered for `-p 8080:80 -p 127.0.0.1:53:53/udp -p [::1]:8082:80`, in three networks. */
const networks = {
  zeta: { IPAddress: '172.18.0.2', Gateway: '172.18.0.1' },
  alpha: { IPAddress: '172.19.0.2', Gateway: '172.19.0.1' },
  aaa: { IPAddress: '172.20.0.2', Gateway: '' },
};
const details = {
  State: { Running: true },
  NetworkSettings: {
    Ports: {
      '80/tcp': [
        { HostIp: '0.0.0.0', HostPort: '8080' },
        { HostIp: '::', HostPort: '8080' },
        { HostIp: '::1', HostPort: '8082' },
      ],
      '53/udp': [{ HostIp: '127.0.0.1', HostPort: '53' }],
      '443/tcp': null,
      '9/sctp': [{ HostIp: '0.0.0.0', HostPort: '9' }],
    },
    Networks: networks,
  },
} as unknown as ContainerInspectInfo;
const row = {
  State: 'running',
  Ports: [
    { IP: '127.0.0.1', PrivatePort: 53, PublicPort: 53, Type: 'udp' },
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::1', PrivatePort: 80, PublicPort: 8082, Type: 'tcp' },
    { PrivatePort: 443, Type: 'tcp' },
  ],
  NetworkSettings: { Networks: networks },
} as unknown as ContainerInfo;

it('takes both of Docker’s notations of "all" as one port, and the network that leads out', () => {
  expect(publicationOf(details)).toEqual({
    ports: [
      { protocol: 'tcp', address: '', port: 8080, containerPort: 80 },
      { protocol: 'tcp', address: '::1', port: 8082, containerPort: 80 },
      { protocol: 'udp', address: '127.0.0.1', port: 53, containerPort: 53 },
    ],
    containerAddress: '172.19.0.2',
  });
});

it('reads the same out of a list as out of an inspection', () => {
  expect(publicationInList(row)).toEqual(publicationOf(details));
});

it('finds nothing where nothing runs', () => {
  const stopped = { ...details, State: { Running: false } } as ContainerInspectInfo;
  expect(publicationOf(stopped)).toEqual({ ports: [], containerAddress: null });
  expect(publicationInList({ ...row, State: 'exited' })).toEqual({ ports: [], containerAddress: null });
});
