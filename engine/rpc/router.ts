import { implement, ORPCError } from '@orpc/server';
import { contract } from '../../contract/procedures.ts';
import type { EngineApi } from '../api.ts';
import { EngineError, toEngineError } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';

/** `onQuit` is called after the engine has stopped everything, before the answer is on the wire. */
export interface RouterOptions {
  readonly api: EngineApi;
  readonly log: Log;
  readonly onQuit: () => void;
}

/** The contract, carried out by an EngineApi. Whatever is thrown leaves as the contract's ENGINE error. */
export function createRouter({ api, log, onQuit }: RouterOptions) {
  const toWire = (thrown: unknown, path: readonly string[]): ORPCError<'ENGINE', unknown> => {
    const error = fromValidation(thrown) ?? toEngineError(thrown);
    if (error.code === 'internal') log.error({ err: thrown, procedure: path.join('.') }, 'procedure failed');
    return new ORPCError('ENGINE', { message: error.message, data: error.toWire() });
  };

  async function* guarded<T>(
    updates: AsyncGenerator<T, void>,
    path: readonly string[],
  ): AsyncGenerator<T, void> {
    try {
      yield* updates;
    } catch (thrown) {
      throw toWire(thrown, path);
    }
  }

  const os = implement(contract).use(async ({ next, path }) => {
    try {
      return await next();
    } catch (thrown) {
      throw toWire(thrown, path);
    }
  });

  return os.router({
    engine: {
      info: os.engine.info.handler(() => api.info()),
      quit: os.engine.quit.handler(async () => {
        await api.quit();
        onQuit();
      }),
    },
    state: {
      watch: os.state.watch.handler(({ signal, path }) => guarded(api.watchState(present(signal)), path)),
    },
    settings: {
      set: os.settings.set.handler(({ input }) => api.setSettings(input)),
    },
    vm: {
      start: os.vm.start.handler(({ input }) => api.startVm(input.vm)),
      stop: os.vm.stop.handler(({ input }) => api.stopVm(input.vm)),
      restart: os.vm.restart.handler(({ input }) => api.restartVm(input.vm)),
      console: os.vm.console.handler(({ input }) => api.consoleLines(input.vm, input.lines)),
    },
    emulation: {
      list: os.emulation.list.handler(({ input }) => api.listHandlers(input.vm)),
      on: os.emulation.on.handler(({ input }) => api.switchOn(input.vm, input.arch)),
      off: os.emulation.off.handler(({ input }) => api.switchOff(input.vm, input.arch)),
      test: os.emulation.test.handler(({ input }) => api.testHandler(input.vm, input.arch)),
    },
    processes: {
      watch: os.processes.watch.handler(({ input, signal, path }) =>
        guarded(api.watchProcesses(input.vm, input.container, present(signal)), path),
      ),
      sample: os.processes.sample.handler(({ input }) => api.sampleProcesses(input.vm, input.container)),
    },
    terminal: {
      open: os.terminal.open.handler(({ input }) => api.openTerminal(input)),
      list: os.terminal.list.handler(() => api.listTerminals()),
      close: os.terminal.close.handler(({ input }) => api.closeTerminal(input.id)),
    },
    image: {
      build: os.image.build.handler(({ input }) => api.buildImage(input.arch)),
      list: os.image.list.handler(() => api.listImages()),
    },
    job: {
      cancel: os.job.cancel.handler(({ input }) => api.cancelJob(input.id)),
    },
    guest: {
      exec: os.guest.exec.handler(({ input }) => api.prepareExec(input.vm, input.argv)),
    },
    dockerCli: {
      find: os.dockerCli.find.handler(() => api.findDockerCli()),
      install: os.dockerCli.install.handler(() => api.installDockerCli()),
    },
  });
}

/** oRPC types the signal as optional because some transports have none; a WebSocket always gives one. */
function present(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}

/** oRPC's complaint about a client's input, in the words of the schema that refused it. */
function fromValidation(thrown: unknown): EngineError | undefined {
  if (!(thrown instanceof ORPCError) || thrown.code !== 'BAD_REQUEST') return undefined;
  const issues: unknown = thrown.data?.issues;
  const reasons = Array.isArray(issues) ? issues.map(describeIssue).join('; ') : thrown.message;
  return new EngineError({
    code: 'bad_input',
    message: `The engine was asked something it refuses: ${reasons}.`,
  });
}

function describeIssue(issue: { message?: unknown; path?: unknown }): string {
  const path = Array.isArray(issue.path) ? issue.path.map(String).join('.') : '';
  return path ? `${path}: ${String(issue.message)}` : String(issue.message);
}
