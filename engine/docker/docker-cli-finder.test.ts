import { chmod, mkdir, mkdtemp, readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Jobs } from '../state/jobs.ts';
import { Store } from '../state/store.ts';
import { emptyState } from '../testing/empty-state.ts';
import type { PackageFiles } from '../vm/ports.ts';
import { DockerCliFinder } from './docker-cli-finder.ts';

/** A `docker` which passes commands on to its plugins, as the real one does. */
const cli = `#!/bin/sh
case $1 in
--version) echo "Docker version 26.1.5+dfsg1, build a72d7cd" ;;
*) plugin="$DOCKER_CONFIG/cli-plugins/docker-$1"; shift; exec "$plugin" "$@" ;;
esac
`;

/** A buildx which does the sum that a bake file asks for. */
const buildx = `#!/bin/sh
sum=$(tr -dc '0-9+ \\n' | awk '{ gsub(/\\+/, " "); for (i = 1; i <= NF; i++) total += $i } END { print total }')
echo "{\\"target\\":{\\"proof\\":{\\"tags\\":[\\"sum:$sum\\"]}}}"
`;

/** A Compose which tells its version, and makes bytes of the KiB of a file. */
const compose = `#!/bin/sh
if [ "$1" = version ]; then echo 2.26.1-4; exit; fi
kib=$(tr -dc '0-9')
echo "{\\"services\\":{\\"proof\\":{\\"mem_limit\\":\\"$((kib * 1024))\\"}}}"
`;

const never = new AbortController().signal;

let folder: string;
let store: Store;
let configBefore: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fd-'));
  store = new Store(emptyState());
  configBefore = process.env.DOCKER_CONFIG;
  process.env.DOCKER_CONFIG = join(folder, 'config');
});

afterEach(async () => {
  if (configBefore === undefined) delete process.env.DOCKER_CONFIG;
  else process.env.DOCKER_CONFIG = configBefore;
  await rm(folder, { recursive: true, force: true });
});

async function program(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  await chmod(path, 0o755);
}

/** Packages as they lie in the cache, without the mode of the files. */
function packagesWith(programs: Readonly<Record<string, string>>): PackageFiles {
  return {
    async fetch({ packageName, wanted }) {
      const path =
        packageName === 'docker-cli' ? 'usr/bin/docker' : `usr/libexec/docker/cli-plugins/${packageName}`;
      expect(wanted(path)).toBe(true);
      expect(wanted('usr/share/doc/copyright')).toBe(false);
      await mkdir(join(folder, 'cache', packageName, dirname(path)), { recursive: true });
      await writeFile(join(folder, 'cache', packageName, path), programs[packageName] ?? '');
      return { version: '1', folder: join(folder, 'cache', packageName) };
    },
    newestVersion: async () => '1',
  };
}

function finder(packages: PackageFiles, platform: NodeJS.Platform = 'linux'): DockerCliFinder {
  return new DockerCliFinder({
    packages,
    store,
    jobs: new Jobs(store),
    tools: join(folder, 'tools'),
    arch: 'amd64',
    platform,
    searchPath: `${join(folder, 'empty')}:${join(folder, 'bin')}`,
  });
}

const programs = { 'docker-cli': cli, 'docker-buildx': buildx, 'docker-compose': compose };
const good = packagesWith(programs);

describe('find', () => {
  it('finds the one on the PATH and tells the state', async () => {
    await program(join(folder, 'bin', 'docker'), cli);
    const found = await finder(good).find();
    expect(found).toMatchObject({
      state: 'found',
      path: join(folder, 'bin', 'docker'),
      version: '26.1.5+dfsg1',
    });
    expect(store.state.host.dockerCli).toEqual(found);
  });

  it('tells the version of its Compose, or how to get one', async () => {
    await program(join(folder, 'bin', 'docker'), cli);
    expect(await finder(good).find()).toMatchObject({
      compose: null,
      hint: expect.stringContaining('docker-compose'),
    });
    await program(join(folder, 'config', 'cli-plugins', 'docker-compose'), compose);
    expect(await finder(good).find()).toMatchObject({ compose: '2.26.1-4', hint: '' });
  });

  it('is not taken in by another program of that name', async () => {
    await program(join(folder, 'bin', 'docker'), '#!/bin/sh\necho "podman version 4.3.1"\n');
    expect(await finder(good).find()).toMatchObject({ state: 'missing', path: null });
  });

  it('says how to get one', async () => {
    expect(await finder(good).find()).toMatchObject({
      installable: true,
      hint: expect.stringContaining('docker-cli'),
    });
    expect(await finder(good, 'darwin').find()).toMatchObject({
      installable: false,
      hint: expect.stringContaining('brew install'),
    });
  });
});

describe('install', () => {
  it('unpacks, proves and offers the plugins', async () => {
    await mkdir(join(folder, 'tools', '.docker-left-by-a-killed-engine'), { recursive: true });
    const installed = await finder(good).install(never);
    expect(installed).toMatchObject({
      state: 'installed',
      path: join(folder, 'tools', 'docker', 'docker'),
      compose: '2.26.1-4',
    });
    expect(await readdir(join(folder, 'tools'))).toEqual(['docker']);
    for (const plugin of ['docker-buildx', 'docker-compose']) {
      expect(await readlink(join(folder, 'config', 'cli-plugins', plugin))).toBe(
        join(folder, 'tools', 'docker', 'cli-plugins', plugin),
      );
    }
    expect(Object.values(store.state.jobs)).toMatchObject([{ kind: 'install-docker-cli', state: 'done' }]);
  });

  it.each([
    ['docker-buildx', '{"target":{"proof":{"tags":["sum:1"]}}}'],
    ['docker-compose', '{"services":{"proof":{"mem_limit":"1"}}}'],
    ['docker-compose', 'Segmentation fault'],
  ])('refuses a %s which runs and computes nothing, and leaves no trace', async (plugin, says) => {
    const broken = packagesWith({ ...programs, [plugin]: `#!/bin/sh\necho '${says}'\n` });
    await expect(finder(broken).install(never)).rejects.toMatchObject({ code: 'tool_missing' });
    expect(await readdir(join(folder, 'tools'))).toEqual([]);
    expect(store.state.host.dockerCli.state).toBe('missing');
    expect(Object.values(store.state.jobs)).toMatchObject([{ state: 'failed' }]);
  });

  it("leaves a person's own buildx alone", async () => {
    const own = join(folder, 'config', 'cli-plugins', 'docker-buildx');
    await program(own, buildx);
    await finder(good).install(never);
    await expect(readlink(own)).rejects.toThrow();
  });
});
