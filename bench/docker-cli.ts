import { join } from 'node:path';
import { execa } from 'execa';
import type { Bench } from './bench.ts';

/** The host's Docker CLI on the exposed socket. */
export interface DockerCli {
  /** Runs it; throws with what it said when it fails, answers its standard output otherwise, trimmed. */
  ok(args: readonly string[]): Promise<string>;
}

/** The host's own CLI, or Debian's as Foredeck unpacks it. */
export async function dockerCliOf({ client, home, scope }: Bench): Promise<DockerCli> {
  const found = await client.calls.dockerCli.find();
  const { path } = found.path === null ? await client.calls.dockerCli.install() : found;
  if (path === null) throw new Error('there is no Docker CLI for this host');
  const env = { DOCKER_HOST: `unix://${home}/docker.sock`, DOCKER_CONFIG: join(home, 'docker-config') };
  return {
    ok: async (args) => {
      const { stdout } = await execa(path, args, { env, cancelSignal: scope.signal });
      return stdout.trim();
    },
  };
}
