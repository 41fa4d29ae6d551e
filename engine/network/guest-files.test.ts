import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { RegistryMirror } from '../../contract/host-network.ts';
import { httpGetResponse } from '../base/http-get.ts';
import { defaultSettings } from '../state/settings-file.ts';
import { companyCertificate } from '../testing/sample-certificates.ts';
import { DownloadProxy } from './download-proxy.ts';
import { type GuestNetworkSettings, guestFiles, proxyInUse } from './guest-files.ts';

function filesOf(change: Partial<GuestNetworkSettings>): Record<string, string> {
  return Object.fromEntries(guestFiles({ ...defaultSettings, ...change }, null).files);
}

test('hands nothing in by default and keeps the host closed', () => {
  expect(filesOf({})).toMatchObject({
    'certificates.pem': '',
    registries: '',
    'host.nft': 'flush chain inet foredeck to_host\n',
  });
  expect(Object.keys(filesOf({})).filter((path) => path.startsWith('proxy/'))).toEqual([]);
});

test('opens the host when told to', () => {
  expect(filesOf({ hostAccess: true })['host.nft']).toBe(
    'flush chain inet foredeck to_host\nadd rule inet foredeck to_host accept\n',
  );
});

test("a proxy and a mirror on the host's loopback are reached by the host's name in the guest, on their ports alone", () => {
  const files = filesOf({
    proxy: { from: 'typed', http: 'http://user:pass@127.0.0.1:3128', https: null, noProxy: '.example.org' },
    registryMirrors: ['http://localhost:5000', 'https://mirror.example.org/hub'],
  });
  expect(files).toMatchObject({
    'proxy/http_proxy': 'http://user:pass@10.0.2.2:3128\n',
    'proxy/HTTP_PROXY': 'http://user:pass@10.0.2.2:3128\n',
    'proxy/no_proxy': expect.stringMatching(/^\.example\.org,localhost,.*10\.0\.2\.2,host\.docker\.internal/),
  });
  expect(files['proxy/https_proxy']).toBeUndefined();
  expect(JSON.parse(`{ "first": 1 ${files.registries} }`)).toEqual({
    first: 1,
    'registry-mirrors': ['http://10.0.2.2:5000', 'https://mirror.example.org/hub'],
    'insecure-registries': ['10.0.2.2:5000'],
  });
  expect(files['host.nft']).toBe(
    [
      'flush chain inet foredeck to_host',
      'add rule inet foredeck to_host tcp dport 3128 accept',
      'add rule inet foredeck to_host tcp dport 5000 accept',
      '',
    ].join('\n'),
  );
});

test('dockerd is to be started again for proxies and certificates, not for mirrors and access', () => {
  const restart = (change: Partial<GuestNetworkSettings>): string | undefined => filesOf(change).restart;
  const before = restart({});
  expect(restart({ hostAccess: true, registryMirrors: ['https://mirror.example.org'] })).toBe(before);
  expect(restart({ caCertificates: [companyCertificate] })).not.toBe(before);
  expect(restart({ proxy: { from: 'typed', http: 'http://p', https: null, noProxy: '' } })).not.toBe(before);
  expect(filesOf({ hostAccess: true }).id).not.toBe(filesOf({}).id);
});

test("uses the host's proxy, none or a typed one as chosen", () => {
  const host = { from: 'environment', http: 'http://proxy', https: null, noProxy: '' } as const;
  expect(proxyInUse(defaultSettings, host)).toMatchObject({ http: 'http://proxy' });
  expect(proxyInUse(defaultSettings, null)).toBeNull();
  expect(proxyInUse({ ...defaultSettings, proxy: { from: 'none' } }, host)).toBeNull();
});

test("the engine's own downloads go through the proxy, and directly again without it", async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(request.url ?? '');
    response.end('by the proxy');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  // Nothing listens there, and it is not among those that no proxy is asked for.
  const url = `http://127.0.0.2:${port}/debian/InRelease`;
  const { signal } = new AbortController();
  const downloads = new DownloadProxy();
  try {
    downloads.use({ http: `http://127.0.0.1:${port}`, https: null, noProxy: '' });
    const answer = await httpGetResponse(url, { signal });
    expect(await answer.text()).toBe('by the proxy');
    expect(seen).toEqual([url]);
    downloads.use(null);
    await expect(httpGetResponse(url, { signal })).rejects.toThrow();
  } finally {
    downloads.use(null);
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

test.each([
  ['https://mirror.example.org/hub', true],
  ['http://127.0.0.1:5000', true],
  ['http://localhost', true],
  ['http://mirror.example.org', false],
  ['http://localhost.example.org', false],
  ['http://127.0.0.1@mirror.example.org', false],
  ['https://mirror.example.org/?hub', false],
  ['ftp://mirror.example.org', false],
])('as a mirror %s is allowed: %s', (address, allowed) => {
  expect(RegistryMirror.safeParse(address).success).toBe(allowed);
});
