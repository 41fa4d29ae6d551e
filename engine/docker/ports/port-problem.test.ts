import { expect, it } from 'vitest';
import { explainFailedBind, type PortHost } from './port-problem.ts';

const linux: PortHost = {
  platform: 'linux',
  findHolder: async () => null,
  firstFreeForAll: async () => 1_024,
};
const place = { protocol: 'tcp', address: '127.0.0.1', port: 80 } as const;

it('names whoever has it, where that can be seen', async () => {
  const held = { ...linux, findHolder: async () => ({ pid: 7, name: 'nginx' }) };
  const failed = { ...place, errno: 'EADDRINUSE' };
  expect(await explainFailedBind(failed, held)).toMatchObject({
    reason: 'taken',
    message: expect.stringContaining('127.0.0.1:80 is taken on this computer by nginx (process 7)'),
    holder: { pid: 7, name: 'nginx' },
  });
  expect(await explainFailedBind(failed, linux)).toMatchObject({
    message: expect.stringContaining('by another program'),
    holder: null,
  });
});

it('says how a low port is permitted on Linux, and what macOS permits', async () => {
  const failed = { ...place, errno: 'EACCES' };
  expect(await explainFailedBind(failed, linux)).toMatchObject({
    reason: 'not-permitted',
    message: expect.stringContaining('below port 1024'),
    command: 'sudo sysctl -w net.ipv4.ip_unprivileged_port_start=80',
  });
  expect(await explainFailedBind(failed, { ...linux, platform: 'darwin' })).toMatchObject({
    message: expect.stringContaining('shared on your network'),
    command: null,
  });
  expect(await explainFailedBind({ ...failed, port: 5000 }, linux)).toMatchObject({ command: null });
});

it('waits for an address which the computer does not have', async () => {
  const failed = { ...place, address: '10.9.8.7', errno: 'EADDRNOTAVAIL' };
  expect(await explainFailedBind(failed, linux)).toMatchObject({
    reason: 'no-address',
    message: expect.stringContaining('10.9.8.7'),
  });
});
