import { stripVTControlCharacters } from 'node:util';
import type Dockerode from 'dockerode';
import type { ContainerInspectInfo } from 'dockerode';
import { EngineError } from '../base/engine-error.ts';
import { withDeadline } from '../base/time.ts';
import type { ContainerEvidence, ContainerFacts } from '../emulation/doctor/ports.ts';
import { dockerStatusOf, explainDockerError } from './docker-error.ts';

/** As many as a person would read, and more than any message that tells why a program ended. */
const maxLines = 200;

/** Docker cuts entries at 16 kB: what it sends for so many lines is bounded, and of that only the end is read. */
const maxLogBytes = 64 * 1024;

/** Longer ones are cut: patterns look at the beginning, and a hostile line must not cost time. */
const maxLineChars = 2_000;

/** A log of 200 lines comes at once; a log driver that hangs must not hold up the verdict. */
const logTimeoutMs = 10_000;

type Logged = Pick<ContainerFacts, 'id' | 'tty'>;

/** What Docker's API says about a VM's containers that failed. Source: Docker Engine API 1.45. */
export class DockerEvidence implements ContainerEvidence {
  readonly #docker: Dockerode;

  constructor(docker: Dockerode) {
    this.#docker = docker;
  }

  async facts(container: string, signal: AbortSignal): Promise<ContainerFacts> {
    try {
      return factsOf(await this.#docker.getContainer(container).inspect({ abortSignal: signal }));
    } catch (thrown) {
      if (dockerStatusOf(thrown) !== 404) throw explainDockerError(thrown, `Container "${container}"`);
      throw new EngineError({ code: 'unknown_container', message: `There is no container "${container}".` });
    }
  }

  async lastLines(container: Logged, signal: AbortSignal): Promise<string[]> {
    const log = await this.#log(container, { tail: maxLines, timestamps: false }, signal);
    return log
      .subarray(-maxLogBytes)
      .toString('utf8')
      .split('\n')
      .map((line) => withoutControls(line).slice(0, maxLineChars))
      .filter((line) => line !== '')
      .slice(-maxLines);
  }

  async lastOutputAt(container: Logged, signal: AbortSignal): Promise<number | null> {
    const log = await this.#log(container, { tail: 1, timestamps: true }, signal);
    const at = Date.parse(log.toString('utf8').split(' ', 1)[0] ?? '');
    return Number.isNaN(at) ? null : at;
  }

  /** Empty where the container's log driver keeps nothing that can be read. */
  async #log(
    { id, tty }: Logged,
    options: { tail: number; timestamps: boolean },
    signal: AbortSignal,
  ): Promise<Buffer> {
    const onTimeout = () => ({
      code: 'docker_failed' as const,
      message: `The log of container "${id}" did not come within ${logTimeoutMs / 1_000} s.`,
    });
    return await withDeadline({ timeoutMs: logTimeoutMs, signal, onTimeout }, async (abortSignal) => {
      try {
        const request = { ...options, stdout: true, stderr: true, follow: false as const, abortSignal };
        const log = await this.#docker.getContainer(id).logs(request);
        return tty ? log : withoutFrames(log);
      } catch (thrown) {
        if (dockerStatusOf(thrown) === notImplemented) return Buffer.alloc(0);
        throw explainDockerError(thrown, `The log of container "${id}"`);
      }
    });
  }
}

/** dockerd's answer for a log driver that cannot be read. */
const notImplemented = 501;

/** Without a terminal, output comes in frames: stream, three zero bytes, length in four bytes. */
const frameHeaderBytes = 8;

function withoutFrames(log: Buffer): Buffer {
  const payloads: Buffer[] = [];
  for (let at = 0; at + frameHeaderBytes <= log.length; ) {
    const end = at + frameHeaderBytes + log.readUInt32BE(at + 4);
    payloads.push(log.subarray(at + frameHeaderBytes, end));
    at = end;
  }
  return Buffer.concat(payloads);
}

/** Escape sequences go as a whole, other control characters one by one: patterns look at what a person would see. */
function withoutControls(line: string): string {
  return stripVTControlCharacters(line)
    .replaceAll(/[\p{Cc}\u2028\u2029]/gu, '')
    .trimEnd();
}

function factsOf(details: ContainerInspectInfo): ContainerFacts {
  const { State: state, Config: config } = details;
  const startedAt = Date.parse(state.StartedAt);
  const finishedAt = Date.parse(state.FinishedAt);
  const runs = state.Running || state.Paused || state.Restarting;
  // Docker's zero time, year 1, stands for "never".
  const started = startedAt > 0;
  return {
    id: details.Id,
    name: details.Name.replace(/^\//, ''),
    image: config.Image,
    state: runs ? 'running' : started ? 'ended' : 'created',
    exitCode: runs || (!started && state.Error === '') ? null : state.ExitCode,
    oomKilled: state.OOMKilled,
    error: withoutControls(state.Error.replaceAll('\n', ' ')).slice(0, maxLineChars),
    argv: [details.Path, ...details.Args],
    environment: environmentOf(config.Env ?? []),
    tty: config.Tty,
    startedAt: started ? startedAt : null,
    finishedAt: finishedAt > 0 && !runs ? finishedAt : null,
    pid: state.Pid > 0 ? state.Pid : null,
    autoRemove: details.HostConfig.AutoRemove ?? false,
  };
}

function environmentOf(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const equals = entry.indexOf('=');
      return equals < 0 ? [entry, ''] : [entry.slice(0, equals), entry.slice(equals + 1)];
    }),
  );
}
