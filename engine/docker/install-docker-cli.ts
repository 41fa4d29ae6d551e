import { randomInt } from 'node:crypto';
import { chmod, copyFile, lstat, mkdir, mkdtemp, readdir, rename, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { z } from 'zod';
import type { HostArch } from '../../contract/arch.ts';
import { EngineError } from '../base/engine-error.ts';
import type { Jobs } from '../state/jobs.ts';
import type { PackageFiles } from '../vm/ports.ts';

/** buildx starts slowly from a cold disk. */
const proofTimeoutMs = 60_000;

/** A folder being made; it takes its name when it has been proved. */
const freshPrefix = '.docker-';

/** Files of Debian's packages which are taken, by package. */
const files = {
  'docker-cli': 'usr/bin/docker',
  'docker-buildx': 'usr/libexec/docker/cli-plugins/docker-buildx',
} as const;

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
  plugins: string;
  buildx: string;
} {
  return cliIn(join(tools, 'docker'));
}

function cliIn(folder: string): ReturnType<typeof installedCli> {
  const plugins = join(folder, 'cli-plugins');
  return { folder, docker: join(folder, 'docker'), plugins, buildx: join(plugins, 'docker-buildx') };
}

/**
 * Debian's signed docker-cli and docker-buildx, unpacked into the tools folder without root. They take the place of an
 * older copy only after they have been seen working together.
 */
export async function installDockerCli(options: InstallOptions): Promise<void> {
  const { jobs, tools, signal } = options;
  const job = { kind: 'install-docker-cli', title: 'Docker CLI for this computer', signal } as const;
  await jobs.run(job, async (reporter) => {
    await mkdir(tools, { recursive: true, mode: 0o700 });
    await removeLeftovers(tools);
    const fresh = cliIn(await mkdtemp(join(tools, freshPrefix)));
    try {
      await mkdir(fresh.plugins);
      for (const [packageName, target] of [
        ['docker-cli', fresh.docker],
        ['docker-buildx', fresh.buildx],
      ] as const) {
        reporter.phase(`downloading ${packageName}`);
        const { folder } = await options.packages.fetch({
          packageName,
          arch: options.arch,
          wanted: (path) => path === files[packageName],
          key: 'docker-cli',
          signal: reporter.signal,
          onProgress: reporter.progress,
        });
        await copyFile(join(folder, files[packageName]), target);
        await chmod(target, 0o755);
      }
      reporter.phase('checking that it works');
      await prove(fresh, reporter.signal);
      const place = installedCli(tools);
      await rm(place.folder, { recursive: true, force: true });
      await rename(fresh.folder, place.folder);
      await offerPlugin(place.buildx);
    } catch (thrown) {
      await rm(fresh.folder, { recursive: true, force: true });
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

/** The part of `docker buildx bake --print` that is looked at. */
const BakePlan = z.object({ target: z.object({ proof: z.object({ tags: z.array(z.string()) }) }) });

/**
 * Has the CLI run its plugin on a sum it cannot know beforehand. A version string would only prove that a file can be
 * started; this needs no Docker.
 */
async function prove(cli: ReturnType<typeof installedCli>, signal: AbortSignal): Promise<void> {
  const [one, other] = [randomInt(1_000), randomInt(1_000)];
  const definition = `variable "one" { default = ${one} }\ntarget "proof" { tags = ["sum:\${one + ${other}}"] }\n`;
  const result = await execa(cli.docker, ['buildx', 'bake', '--print', '-f', '-', 'proof'], {
    input: definition,
    // As its own configuration folder, so that this buildx is found and no other.
    env: { DOCKER_CONFIG: cli.folder },
    cancelSignal: signal,
    timeout: proofTimeoutMs,
    reject: false,
  });
  signal.throwIfAborted();
  const plan = result.failed ? undefined : BakePlan.safeParse(JSON.parse(result.stdout)).data;
  const [tag] = plan?.target.proof.tags ?? [];
  if (tag === `sum:${one + other}`) return;
  throw new EngineError({
    code: 'tool_missing',
    message: "Debian's Docker CLI was unpacked but does not work on this computer.",
    hint: "Install your distribution's Docker CLI instead.",
    details: { output: `${result.stdout}\n${result.stderr}`.slice(-2_000) },
  });
}

/**
 * The CLI looks for plugins in its configuration folder and in system folders only, so ours is linked there, unless
 * the person has a buildx already.
 */
async function offerPlugin(buildx: string): Promise<void> {
  const plugins = join(process.env.DOCKER_CONFIG ?? join(homedir(), '.docker'), 'cli-plugins');
  const link = join(plugins, 'docker-buildx');
  if (await lstat(link).catch(() => undefined)) return;
  await mkdir(plugins, { recursive: true, mode: 0o700 });
  await symlink(buildx, link);
}
