import type Dockerode from 'dockerode';
import type { Arch } from '../../../contract/arch.ts';
import type { Container, Handler } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';
import type { LensMode, LensReport } from '../../../contract/syscall-lens.ts';
import { EngineError, toEngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import { sleep } from '../../base/time.ts';
import { framesOf, linesOf } from '../attached-output.ts';
import { createContainer } from '../create-container.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { dockerStatusOf, explainDockerError } from '../docker-error.ts';
import { imageOf } from '../image-of.ts';
import { lensCopy } from './lens-copy.ts';
import { LensTally, type SyscallNames } from './lens-tally.ts';
import type { SyscallAdvice } from './syscall-advice.ts';

/** People cannot read faster, and a trace makes thousands of lines a second. */
const reportIntervalMs = 250;

/** A trace of a busy program; what comes after tells nothing new. */
const maxLines = 200_000;

export interface LensOptions {
  readonly connection: DockerConnection;
  /** The row of the container to look at. */
  readonly container: Container;
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly mode: LensMode;
  readonly seconds: number;
  readonly names: SyscallNames;
  readonly advice: SyscallAdvice;
  readonly log: Log;
  /** Aborts when nobody reads any more. */
  readonly signal: AbortSignal;
}

/**
 * Runs a copy of an emulated container under observation, from its image and without its data, and reports which
 * system calls it makes. Ends with the program, `seconds` after its start, after `maxLines` lines, or with `signal`; the copy is
 * removed in any case and the original never touched. Throws `wrong_state` where no emulator would tell anything.
 */
export async function* watchLens(options: LensOptions): AsyncGenerator<LensReport, void, undefined> {
  const { connection, container, mode, log, signal } = options;
  const arch = emulatedArch(options);
  const run = new LensRun({ ...options, arch });
  const ending = AbortSignal.any([signal, connection.signal, run.timeUp]);
  const report = (): LensReport => ({
    container: container.id,
    mode,
    state: run.state,
    exitCode: run.exitCode,
    startedAt: run.startedAt,
    elapsedMs: Date.now() - run.startedAt,
    calls: run.tally.calls,
    tail: run.tally.tail,
    truncated: run.tally.truncated,
    problem: run.problem,
  });
  const running = run.watch(ending);
  try {
    yield report();
    while (run.state === 'running') {
      const seen = run.tally.lines;
      await Promise.race([running, pause(ending)]);
      if (run.tally.lines !== seen && run.state === 'running') yield report();
      if (ending.aborted) await running;
    }
    if (!signal.aborted) yield report();
  } finally {
    run.stop();
    await running;
    await run.remove().catch((thrown: unknown) => {
      log.warn({ err: thrown, container: container.id }, 'the copy of a container was not removed');
    });
  }
}

/** The architecture whose emulator will speak. Throws `wrong_state` where there is none, saying why. */
function emulatedArch({ connection, container, handlers }: LensOptions): Arch {
  const { vm } = connection;
  const { arch, name } = container;
  const handler = arch && handlers[handlerKey(vm.name, arch)];
  if (arch === vm.arch || handler?.state === 'native') {
    throw new EngineError({
      code: 'wrong_state',
      message: `Container "${name}" is not emulated: the VM's processor runs ${arch} itself.`,
      hint: 'The lens shows what an emulator does. For a native program, use strace inside the container.',
    });
  }
  if (arch && handler?.state === 'on') return arch;
  throw new EngineError({
    code: 'wrong_state',
    message: arch
      ? `${arch} is not on in VM "${vm.name}", so container "${name}" cannot run there.`
      : `The architecture of container "${name}" is not known.`,
    hint: arch ? `Switch ${arch} on first.` : 'Start it once, then try again.',
  });
}

/** One copy, from being made to being removed. */
class LensRun {
  readonly #options: LensOptions & { arch: Arch };
  readonly tally: LensTally;
  readonly #stop = new AbortController();
  readonly #timeUp = new AbortController();
  #copy: Dockerode.Container | undefined;
  /** Of the copy's program; until then, of the preparations. */
  startedAt = Date.now();
  state: LensReport['state'] = 'running';
  exitCode: number | null = null;
  problem: string | null = null;

  constructor(options: LensOptions & { arch: Arch }) {
    this.#options = options;
    this.tally = new LensTally(options);
  }

  /** Aborts when the program has run for as long as was asked for. */
  get timeUp(): AbortSignal {
    return this.#timeUp.signal;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Resolves when it is over, however it ended; never rejects. */
  async watch(ending: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([ending, this.#stop.signal]);
    let timer: NodeJS.Timeout | undefined;
    try {
      const copy = await this.#create(signal);
      const output = await copy.attach({ stream: true, stdout: true, stderr: true, abortSignal: signal });
      // It breaks with the signal, perhaps while nobody reads it yet.
      output.on('error', () => undefined);
      await copy.start({ abortSignal: signal });
      this.startedAt = Date.now();
      timer = setTimeout(() => this.#timeUp.abort(), this.#options.seconds * 1_000);
      await this.#read(output);
      if (this.tally.truncated) {
        this.state = 'stopped';
        return;
      }
      const { StatusCode: code } = await copy.wait({ abortSignal: signal });
      this.exitCode = code;
      this.state = 'exited';
    } catch (thrown) {
      if (signal.aborted) {
        this.state = 'stopped';
        if (this.#options.connection.signal.aborted) this.problem = 'The VM went away.';
        return;
      }
      this.state = 'failed';
      this.problem = toEngineError(explainDockerError(thrown, 'The copy did not run')).message;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Its volumes, which were made for it, go as well. */
  async remove(): Promise<void> {
    try {
      await this.#copy?.remove({ force: true, v: true });
    } catch (thrown) {
      if (dockerStatusOf(thrown) !== 404) throw thrown;
    }
  }

  async #create(signal: AbortSignal): Promise<Dockerode.Container> {
    const { connection, container, arch, mode } = this.#options;
    const { docker } = connection;
    const details = await docker.getContainer(container.id).inspect({ abortSignal: signal });
    const image = await imageOf(docker, details);
    signal.throwIfAborted();
    // Not aborted half way: a copy that nobody knows of could not be removed.
    const id = await createContainer(docker, lensCopy(details, { image, platform: `linux/${arch}`, mode }));
    this.#copy = docker.getContainer(id);
    return this.#copy;
  }

  async #read(output: NodeJS.ReadableStream): Promise<void> {
    for await (const line of linesOf(framesOf(output as AsyncIterable<Buffer>, 2))) {
      if (this.tally.lines >= maxLines) {
        this.tally.cut();
        break;
      }
      this.tally.take(line);
    }
  }
}

/** Ends early, and without complaint, when `signal` aborts. */
async function pause(signal: AbortSignal): Promise<void> {
  await sleep(reportIntervalMs, signal).catch(() => undefined);
}
