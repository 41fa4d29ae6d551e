import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostArch } from '../../contract/arch.ts';
import type { Jobs } from '../state/jobs.ts';
import type { PackageFiles } from '../vm/ports.ts';
import { type CliPlugin, cliPlugins, offerPlugin } from './cli-plugins.ts';
import { proveDockerCli } from './prove-docker-cli.ts';

/** A folder being made; it takes its name when it has been proved. */
const freshPrefix = '.docker-';

/** Debian's packages, the one file that is taken of each, and its place among ours. */
const parts = [
  { packageName: 'docker-cli', file: 'usr/bin/docker', to: 'docker' },
  ...cliPlugins.map((plugin) => ({
    packageName: plugin,
    file: `usr/libexec/docker/cli-plugins/${plugin}`,
    to: `cli-plugins/${plugin}`,
  })),
];

export interface InstallOptions {
  readonly packages: PackageFiles;
  readonly jobs: Jobs;
  /** FOREDECK_HOME/tools. */
  readonly tools: string;
  readonly arch: HostArch;
  readonly signal: AbortSignal;
}

/** Our own copy under the tools folder; the file names are as the CLI wants them. */
export function installedCli(tools: string): {
  folder: string;
  docker: string;
  plugin: (name: CliPlugin) => string;
} {
  const folder = join(tools, 'docker');
  return {
    folder,
    docker: join(folder, 'docker'),
    plugin: (name) => join(folder, 'cli-plugins', name),
  };
}

/**
 * Debian's signed docker-cli, docker-buildx and docker-compose, unpacked into the tools folder without root. They take
 * the place of an older copy only after they have been seen working together.
 */
export async function installDockerCli(options: InstallOptions): Promise<void> {
  const { jobs, tools, signal } = options;
  const job = { kind: 'install-docker-cli', title: 'Docker CLI for this computer', signal } as const;
  await jobs.run(job, async (reporter) => {
    await mkdir(tools, { recursive: true, mode: 0o700 });
    await removeLeftovers(tools);
    const fresh = await mkdtemp(join(tools, freshPrefix));
    try {
      await mkdir(join(fresh, 'cli-plugins'));
      for (const { packageName, file, to } of parts) {
        reporter.phase(`downloading ${packageName}`);
        const { folder } = await options.packages.fetch({
          packageName,
          arch: options.arch,
          wanted: (path) => path === file,
          key: 'docker-cli',
          signal: reporter.signal,
          onProgress: reporter.progress,
        });
        await copyFile(join(folder, file), join(fresh, to));
        await chmod(join(fresh, to), 0o755);
      }
      reporter.phase('checking that it works');
      await proveDockerCli(fresh, reporter.signal);
      const place = installedCli(tools);
      await rm(place.folder, { recursive: true, force: true });
      await rename(fresh, place.folder);
      for (const plugin of cliPlugins) await offerPlugin(plugin, place.plugin(plugin));
    } catch (thrown) {
      await rm(fresh, { recursive: true, force: true });
      throw thrown;
    }
  });
}

/** What a killed engine left half made. */
async function removeLeftovers(tools: string): Promise<void> {
  for (const name of await readdir(tools)) {
    if (name.startsWith(freshPrefix)) await rm(join(tools, name), { recursive: true });
  }
}
