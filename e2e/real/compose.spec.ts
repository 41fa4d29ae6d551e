import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { writeBusyboxTar } from '../../engine/testing/write-busybox-tar.ts';
import { WindowPage } from '../pages/window-page.ts';
import type { RealHome } from './real-home.ts';
import { test } from './shared-home.ts';

/*
 * A Compose project as people have them, run by Debian's Compose against the socket: one service is built, one is an
 * image that only this VM has and has a folder of the host, they find each other by name, and the page shows them as one project.
 */
test.describe.configure({ mode: 'serial' });

const project = 'acme-shop';

const composeFile = `
name: ${project}
services:
  shop:
    build: .
    ports: ["127.0.0.1:\${SHOP_PORT}:80"]
    volumes: ["pages:/www"]
    depends_on: [stock]
    # busybox's httpd is deaf to any other as the first process.
    stop_signal: SIGKILL
  stock:
    image: compose-busybox:1
    # No registry has it.
    pull_policy: never
    volumes: ["./counts:/srv:ro"]
    command: ["sh", "-c", "echo counting; exec httpd -f -p 8080 -h /srv"]
    stop_signal: SIGKILL
volumes:
  pages:
`;

/** What the shop answers with comes from the other service, by its name, which has it from a folder of the host. */
const dockerfile = `
FROM scratch
ADD busybox-amd64.tar /
COPY serve /serve
RUN chmod +x /serve && mkdir -p /www
CMD ["/serve"]
`;

const serve = `#!/bin/sh
until wget -q -O /www/index.html http://stock:8080/count; do sleep 1; done
echo "open with $(cat /www/index.html) in stock"
exec httpd -f -p 80 -h /www
`;

/** Outside of the home, which may not be shared. */
let folder: string;

let port: number;

const compose = (home: RealHome, ...args: string[]): Promise<string> =>
  home.dockerOk(['compose', ...args], { cwd: folder });

test.beforeAll(async ({ home }) => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'fd-compose-')));
  await home.foredeckJson('share', 'add', folder, '--read-only');
  await mkdir(join(folder, 'counts'));
  await writeFile(join(folder, 'counts', 'count'), '42\n');
  const tar = await writeBusyboxTar({ home: home.path, folder, arch: 'amd64' });
  await home.dockerOk(['import', tar, 'compose-busybox:1']);
  port = await freePort();
  await writeFile(join(folder, '.env'), `SHOP_PORT=${port}\n`);
  await writeFile(join(folder, 'compose.yaml'), composeFile);
  await writeFile(join(folder, 'Dockerfile'), dockerfile);
  await writeFile(join(folder, 'serve'), serve);
});

test.afterAll(async ({ home }) => {
  await home.docker(['image', 'rm', 'compose-busybox:1', `${project}-shop`]);
  await home.foredeck(['share', 'remove', folder]);
  await rm(folder, { recursive: true });
});

/** One that dockerd would choose may be another program's here. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: chosen } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return chosen;
}

test('builds and brings up a project, whose services find each other by name', async ({ home }) => {
  await compose(home, 'up', '--detach', '--build');
  const services = await compose(home, 'ps', '--services', '--status', 'running');
  expect(services.split('\n').toSorted()).toEqual(['shop', 'stock']);
  const answer = (): Promise<string> => fetch(`http://127.0.0.1:${port}/`).then((got) => got.text(), String);
  await expect
    .poll(answer)
    .toBe('42\n')
    .catch(async (thrown: unknown) => {
      throw new Error(`${await compose(home, 'ps')}\n${await compose(home, 'logs')}`, { cause: thrown });
    });
  expect(await compose(home, 'logs', '--no-log-prefix', 'shop')).toContain('open with 42 in stock');
});

test('the page shows one project, and it goes down with network and volume', async ({ home, page }) => {
  const window = new WindowPage(page);
  const served = await home.serve();
  try {
    await window.open(served.url);
    await window.goTo('Containers');
    await expect(window.containers.project(project)).toContainText('2 of 2 running');
    await expect(window.containers.row(`${project}-shop-1`)).toContainText('127.0.0.1:');
    await expect(window.containers.row(`${project}-stock-1`)).toContainText('Up');
    await compose(home, 'down', '--volumes');
    await expect(window.containers.project(project)).toHaveCount(0);
    await window.goTo('Networks');
    await expect(window.networks.row('bridge')).toBeVisible();
    await expect(window.networks.row(`${project}_default`)).toHaveCount(0);
  } finally {
    await served.stop();
  }
  expect(await home.dockerOk(['volume', 'ls', '--quiet', '--filter', `name=${project}`])).toBe('');
});
