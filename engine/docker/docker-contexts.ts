import { execa } from 'execa';
import { z } from 'zod';
import type { Log } from '../base/log.ts';

/** The CLI reads and writes small files; more means that it hangs. */
const cliTimeoutMs = 15_000;

/** One document of `docker context inspect`. */
const Context = z.object({
  Metadata: z.object({ Description: z.string().optional() }),
  Endpoints: z.object({ docker: z.object({ Host: z.string().optional() }) }),
});

export interface DockerContext {
  readonly name: string;
  readonly socketPath: string;
}

/**
 * Docker contexts for people who switch with `docker context use`. Written through the CLI alone, so that
 * DOCKER_CONFIG and the CLI's own format are respected; never chosen for the person, and never another program's.
 */
export class DockerContexts {
  readonly #home: string;
  readonly #findCli: () => Promise<string | null>;
  readonly #log: Log;

  /** `findCli` answers with the CLI's path; null skips everything. */
  constructor(options: { home: string; findCli: () => Promise<string | null>; log: Log }) {
    this.#home = options.home;
    this.#findCli = options.findCli;
    this.#log = options.log;
  }

  /** Creates or updates the context. Answers with a sentence when the name belongs to something else. */
  async put(context: DockerContext, signal: AbortSignal): Promise<string | null> {
    const cli = await this.#findCli();
    if (cli === null) return null;
    const found = await this.#inspect(cli, context.name, signal);
    if (found && !this.#isOurs(found)) {
      const owner = found.Metadata.Description || found.Endpoints.docker.Host || 'something else';
      return `The Docker context "${context.name}" belongs to ${owner} and was left alone. Use DOCKER_HOST=${hostOf(context)} instead.`;
    }
    const result = await this.#run(cli, signal, [
      'context',
      found ? 'update' : 'create',
      context.name,
      '--description',
      this.#description,
      '--docker',
      `host=${hostOf(context)}`,
    ]);
    return result.failed ? `The Docker CLI did not take the context: ${result.stderr}` : null;
  }

  /** Removes the context if it is ours. One in use stays: the CLI's current context is the person's choice. */
  async remove(name: string, signal: AbortSignal): Promise<void> {
    const cli = await this.#findCli();
    if (cli === null) return;
    const found = await this.#inspect(cli, name, signal);
    if (!found || !this.#isOurs(found)) return;
    const result = await this.#run(cli, signal, ['context', 'rm', name]);
    if (result.failed) this.#log.info({ stderr: result.stderr, name }, 'the Docker context stays');
  }

  get #description(): string {
    return `Foredeck (${this.#home})`;
  }

  #isOurs(context: z.infer<typeof Context>): boolean {
    return context.Metadata.Description === this.#description;
  }

  async #inspect(cli: string, name: string, signal: AbortSignal): Promise<z.infer<typeof Context> | null> {
    const result = await this.#run(cli, signal, ['context', 'inspect', name, '--format', '{{json .}}']);
    if (result.failed) return null;
    return Context.parse(JSON.parse(result.stdout));
  }

  async #run(
    cli: string,
    signal: AbortSignal,
    args: readonly string[],
  ): Promise<{ failed: boolean; stdout: string; stderr: string }> {
    const result = await execa(cli, args, {
      // With either set the CLI warns about, or refuses, what concerns contexts.
      env: { DOCKER_HOST: undefined, DOCKER_CONTEXT: undefined },
      timeout: cliTimeoutMs,
      cancelSignal: signal,
      reject: false,
      stdin: 'ignore',
    });
    if (result.isCanceled) signal.throwIfAborted();
    return { failed: result.failed, stdout: result.stdout, stderr: result.stderr };
  }
}

function hostOf(context: DockerContext): string {
  return `unix://${context.socketPath}`;
}
