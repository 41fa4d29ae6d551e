import { lstat, mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Plugins of the Docker CLI by their file names, which are their Debian packages' names too. */
export const cliPlugins = ['docker-buildx', 'docker-compose'] as const;
export type CliPlugin = (typeof cliPlugins)[number];

/** Where the CLI looks after its configuration folder (docker/cli: cli-plugins/manager, manager_unix.go). */
const systemFolders = [
  '/usr/local/lib/docker/cli-plugins',
  '/usr/local/libexec/docker/cli-plugins',
  '/usr/lib/docker/cli-plugins',
  '/usr/libexec/docker/cli-plugins',
];

/** Links `path` into the CLI's configuration folder, unless the person has a plugin of that name already. */
export async function offerPlugin(name: CliPlugin, path: string): Promise<void> {
  const own = join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'cli-plugins');
  for (const folder of [own, ...systemFolders]) {
    if (await lstat(join(folder, name)).catch(() => undefined)) return;
  }
  await mkdir(own, { recursive: true, mode: 0o700 });
  await symlink(path, join(own, name));
}
