import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from '@playwright/test';
import type { Settings } from '../../contract/records.ts';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import { untilState } from './engine-state.ts';
import { hostCertificate, hostKey } from './host-certificate.ts';
import type { RealHome } from './real-home.ts';
import { test } from './shared-home.ts';

/* What containers see of the network around this computer, and what is back after it slept. */
test.describe.configure({ mode: 'serial' });

const image = 'network-busybox:1';
const hostName = 'host.docker.internal';

test.beforeAll(async ({ home }) => {
  const tar = await writeBusyboxTar({ home: home.path, folder: home.path, arch: 'amd64' });
  await home.dockerOk(['import', '--platform', 'linux/amd64', tar, image]);
});

test.afterAll(async ({ home }) => {
  await home.docker(['rm', '-f', 'network-default', 'network-user']);
  await home.docker(['network', 'rm', 'network-own']);
  await home.docker(['image', 'rm', image]);
});

/** A server of this computer, on its loopback alone. */
async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function closed(...servers: readonly Server[]): Promise<void> {
  for (const server of servers) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

async function set(home: RealHome, settings: Partial<Settings>): Promise<void> {
  const client = await home.connect();
  await client.calls.settings.set(settings).finally(() => client.close());
}

test('every container finds this computer by name, and gets in when that is allowed and no longer', async ({
  home,
}) => {
  const run = ['run', '-d', '--init', image, 'sleep', '100000'];
  await home.dockerOk(run.toSpliced(2, 0, '--name', 'network-default'));
  await home.dockerOk(['network', 'create', 'network-own']);
  const own = ['--name', 'network-user', '--network', 'network-own', '--add-host', 'named:host-gateway'];
  await home.dockerOk(run.toSpliced(2, 0, ...own));
  const server = createServer((_request, response) => response.end('this computer'));
  const port = await listening(server);
  const ask = (container: string, host: string) =>
    home.docker(['exec', container, 'wget', '-T', '10', '-q', '-O', '-', `http://${host}:${port}/`]);
  try {
    for (const container of ['network-default', 'network-user']) {
      expect((await ask(container, hostName)).stderr).toContain('(10.0.2.2): Connection refused');
    }
    await set(home, { hostAccess: true });
    expect((await ask('network-default', hostName)).stdout).toBe('this computer');
    expect((await ask('network-user', 'gateway.docker.internal')).stdout).toBe('this computer');
    expect((await ask('network-user', 'named')).stdout).toBe('this computer');
    await set(home, { hostAccess: false });
    expect((await ask('network-default', hostName)).stderr).toContain('Connection refused');
    // Where this computer's name server listens on loopback, its address would lead to every port there.
    expect((await ask('network-default', '10.0.2.3')).stderr).toContain('Connection refused');
  } finally {
    await closed(server);
  }
});

test('proxy, authorities and mirrors reach Docker while its containers go on', async ({ home }) => {
  const asked: string[] = [];
  const mirror = createServer((request, response) => {
    asked.push(`mirror ${request.url}`);
    response.writeHead(404).end('{}');
  });
  const secure = createTlsServer({ key: hostKey, cert: hostCertificate }, (request, response) => {
    asked.push(`registry ${request.url}`);
    response.writeHead(404).end('{}');
  });
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(`proxy ${request.url}`);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const [mirrorPort, securePort, proxyPort] = [
    await listening(mirror),
    await listening(secure as unknown as Server),
    await listening(proxy),
  ];
  const started = () =>
    home.dockerOk(['inspect', '-f', '{{.State.StartedAt}} {{.State.Pid}}', 'network-user']);
  const pull = async (name: string): Promise<string> => (await home.docker(['pull', name])).stderr;
  const before = await started();
  const registry = `${hostName}:${securePort}`;
  try {
    await set(home, { hostAccess: true });
    expect(await pull(`${registry}/thing`)).toContain('x509: certificate signed by unknown authority');
    const https = `http://127.0.0.1:${proxyPort}`;
    await set(home, {
      hostAccess: true,
      caCertificates: [hostCertificate],
      registryMirrors: [`http://127.0.0.1:${mirrorPort}`],
      proxy: { from: 'typed', http: null, https, noProxy: '' },
    });
    expect(await pull(`${registry}/thing`)).toContain('not found');
    await pull('registry.example.invalid/thing');
    await pull('library/thing');
    expect(asked.join('\n')).toContain('registry /v2/thing/manifests/latest');
    expect(asked.join('\n')).toContain('proxy registry.example.invalid:443');
    expect(asked.join('\n')).toContain('mirror /v2/library/thing/manifests/latest');
    const shell = await home.foredeck(['shell', '--', 'curl', '-sS', `https://${registry}/from-the-vm`]);
    expect(shell.stderr).toBe('');
    expect(asked.join('\n')).toContain('registry /from-the-vm');
  } finally {
    const none = { caCertificates: [], registryMirrors: [], hostAccess: false };
    await set(home, { ...none, proxy: { from: 'host' } });
    await closed(mirror, secure as unknown as Server, proxy);
  }
  expect(await started()).toBe(before);
  expect(await home.dockerOk(['exec', 'network-user', 'echo', 'still here'])).toBe('still here');
  await expect
    .poll(() => home.dockerOk(['info', '-f', '{{.LiveRestoreEnabled}} {{.HTTPSProxy}}']))
    .toBe('false');
});

test('after this computer slept everything is back, and the clock is right', async ({ home }) => {
  const client = await home.connect();
  const { pid } = (await client.calls.vm.start({ vm: 'service' })) ?? {};
  if (!pid) throw new Error('the VM does not run');
  process.kill(pid, 'SIGSTOP');
  try {
    await untilState(client, 'the connection is given up', ({ vms }) => vms.service?.state === 'degraded');
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  await untilState(client, 'the VM is back', ({ vms }) => vms.service?.state === 'running');
  await client.close();
  const seconds = Number(await home.dockerOk(['exec', 'network-user', 'date', '+%s']));
  // An emulated guest takes a moment to say what time it is.
  expect(Math.abs(seconds - Date.now() / 1_000)).toBeLessThan(10);
});
