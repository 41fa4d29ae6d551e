import type Dockerode from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { type ContainerChanges, containerConfiguration } from './container-configuration.ts';
import { createContainer } from './create-container.ts';
import { dockerStatusOf, explainDockerError } from './docker-error.ts';
import { imageOf } from './image-of.ts';

export interface CopyOptions {
  readonly docker: Dockerode;
  /** Id or name of the container that is there. */
  readonly container: string;
  /** Its platform, `linux/arm64`; Docker's API does not tell it. Null where unknown: Docker then chooses. */
  readonly platform: string | null;
  readonly changes: ContainerChanges;
  /** `keep`: with what it has written into its file system. `fresh`: as the image is. Volumes stay in both. */
  readonly data: 'keep' | 'fresh';
  readonly log: Log;
  readonly signal: AbortSignal;
}

export interface ContainerCopy {
  readonly id: string;
  /** The original's new name. */
  readonly originalName: string;
  /** Image that holds what the original had written; null when nothing was kept or nothing had been written. */
  readonly keptImage: string | null;
}

/** Images that hold what a container had written are found by this label; its value is the container's id. */
export const keptFromLabel = 'dev.foredeck.kept-from';

/** A step back, taken in reverse order when a later step fails. */
type Undo = () => Promise<unknown>;

/**
 * Runs a container again, changed: a new one takes the name of the old one, which is stopped, renamed and never
 * removed. The old one must let go of its ports first, so for a moment neither runs. When anything fails, or `signal`
 * aborts, everything is as before: what was made is removed, the old one has its name and runs if it did.
 *
 * Throws `unknown_container`, `bad_input` (data of one image kept on another), `wrong_state` (it would vanish when
 * stopped), `port_taken` or `docker_failed` in Docker's words.
 */
export async function copyContainer(options: CopyOptions): Promise<ContainerCopy> {
  const { docker, changes, data, log, signal } = options;
  const details = await inspect(docker, options.container, signal);
  const name = details.Name.replace(/^\//, '');
  const original = docker.getContainer(details.Id);
  refuseWhatCannotBe(details, name, options);

  const undo: Undo[] = [];
  try {
    if (isAlive(details)) {
      undo.push(() => original.start());
      await original.stop({ abortSignal: signal }).catch(ignoreNotModified);
    }
    // With `always` it would be back after the next boot, on the same ports.
    const restart = details.HostConfig.RestartPolicy;
    if (restart?.Name && restart.Name !== 'no') {
      undo.push(() => original.update({ RestartPolicy: restart }));
      await original.update({ RestartPolicy: { Name: 'no' } });
    }
    const originalName = `${name}-before-${timestamp()}`;
    undo.push(() => renameBack(original, name));
    await original.rename({ name: originalName, abortSignal: signal });

    const keptImage = data === 'keep' ? await keep(docker, details, undo, signal) : null;
    // Another platform is one of what the name means by now, which may have been pulled for it.
    const named = changes.image ?? (changes.platform === undefined ? null : details.Config.Image);
    const image = named ?? keptImage ?? (await imageOf(docker, details));
    const platform = changes.platform ?? options.platform;
    const configuration = containerConfiguration(details, {
      ...changes,
      image,
      ...(platform !== null && { platform }),
    });
    signal.throwIfAborted();
    const copy = docker.getContainer(await createContainer(docker, { ...configuration, name }));
    undo.push(() => copy.remove({ force: true, v: true }));
    await copy.start({ abortSignal: signal });
    return { id: copy.id, originalName, keptImage };
  } catch (thrown) {
    const failures = await undoAll(undo);
    for (const failure of failures) log.warn({ err: failure, name }, 'a step of a copy could not be undone');
    throw withFailures(explained(thrown, name), failures);
  }
}

async function inspect(docker: Dockerode, id: string, signal: AbortSignal): Promise<ContainerInspectInfo> {
  try {
    return await docker.getContainer(id).inspect({ abortSignal: signal });
  } catch (thrown) {
    if (dockerStatusOf(thrown) !== 404) throw explainDockerError(thrown, `Container "${id}"`);
    throw new EngineError({ code: 'unknown_container', message: `There is no container "${id}".` });
  }
}

function refuseWhatCannotBe(details: ContainerInspectInfo, name: string, options: CopyOptions): void {
  const { changes, data } = options;
  if (data === 'keep' && (changes.image !== undefined || changes.platform !== undefined)) {
    throw new EngineError({
      code: 'bad_input',
      message: `What container "${name}" has written belongs to its image and cannot be put on another one.`,
      hint: 'Start fresh instead: volumes stay, and the old container is kept with everything in it.',
    });
  }
  if (details.HostConfig.AutoRemove && isAlive(details)) {
    throw new EngineError({
      code: 'wrong_state',
      message: `Container "${name}" was started with --rm: stopping it would remove it and what it has written.`,
      hint: 'Stop it yourself when it may go, and start it anew without --rm.',
    });
  }
}

function isAlive({ State: state }: ContainerInspectInfo): boolean {
  return state.Running || state.Paused || state.Restarting;
}

/** Null when nothing was written: the image itself then says as much. */
async function keep(
  docker: Dockerode,
  details: ContainerInspectInfo,
  undo: Undo[],
  signal: AbortSignal,
): Promise<string | null> {
  const original = docker.getContainer(details.Id);
  const written: unknown = await original.changes({ abortSignal: signal });
  if (!Array.isArray(written) || written.length === 0) return null;
  const reference = { repo: 'foredeck-kept', tag: `${details.Id.slice(0, 12)}-${timestamp()}` };
  const image = `${reference.repo}:${reference.tag}`;
  const label = `LABEL ${keptFromLabel}=${details.Id}`;
  undo.push(() => docker.getImage(image).remove());
  await original.commit({ ...reference, changes: label, abortSignal: signal });
  return image;
}

/** `20261122-051258`, UTC. */
function timestamp(): string {
  const [date = '', time = ''] = new Date().toISOString().split('T');
  return `${date.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}`;
}

/** Stopping what has stopped meanwhile, or starting what has started: 304, Docker Engine API 1.45. */
function ignoreNotModified(thrown: unknown): void {
  if (dockerStatusOf(thrown) !== 304) throw thrown;
}

async function renameBack(original: Dockerode.Container, name: string): Promise<void> {
  const { Name: now } = await original.inspect();
  if (now !== `/${name}`) await original.rename({ name });
}

/** Every step is tried, last first; what failed comes back. Steps that were never taken have nothing to undo. */
async function undoAll(undo: readonly Undo[]): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const step of undo.toReversed()) {
    try {
      await step();
    } catch (thrown) {
      if (![304, 404].includes(dockerStatusOf(thrown) ?? 0)) failures.push(thrown);
    }
  }
  return failures;
}

/** dockerd's words when another container, or the VM itself, has a published port (libnetwork, portallocator). */
const portTaken = /port is already allocated|address already in use/;

function explained(thrown: unknown, name: string): EngineError {
  const taken = thrown instanceof Error && portTaken.test(thrown.message);
  return toEngineError(
    explainDockerError(thrown, `Container "${name}" could not be run again`, {
      ...(taken && { code: 'port_taken' }),
      hint: 'The container is as it was before.',
    }),
  );
}

function withFailures(error: EngineError, failures: readonly unknown[]): EngineError {
  if (failures.length === 0) return error;
  return new EngineError({
    code: error.code,
    message: error.message,
    hint: 'Not everything could be put back: look at this container and the one named "…-before-…" beside it.',
    details: { ...error.details, 'could not be put back': failures.map(String).join('\n') },
    cause: error,
  });
}
