import { implement, ORPCError, type Router } from '@orpc/server';
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
export function createRouter({ api, log, onQuit }: RouterOptions): Router<typeof contract, object> {
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

  const { objects } = api;
  return os.router({
    engine: {
      info: os.engine.info.handler(() => api.info()),
      quit: os.engine.quit.handler(async ({ input }) => {
        await api.quit(input);
        onQuit();
      }),
    },
    host: {
      sleeps: os.host.sleeps.handler(() => api.hostSleeps()),
      woke: os.host.woke.handler(() => api.hostWoke()),
    },
    state: {
      watch: os.state.watch.handler(({ signal, path }) => guarded(api.watchState(present(signal)), path)),
    },
    settings: {
      set: os.settings.set.handler(({ input }) => api.setSettings(input)),
    },
    hostNetwork: {
      look: os.hostNetwork.look.handler(() => api.hostNetwork.look()),
      readCertificates: os.hostNetwork.readCertificates.handler(({ input }) =>
        api.hostNetwork.readCertificates(input.text),
      ),
    },
    vm: {
      start: os.vm.start.handler(({ input }) => api.startVm(input)),
      stop: os.vm.stop.handler(({ input }) => api.stopVm(input.vm, input.by)),
      restart: os.vm.restart.handler(({ input }) => api.restartVm(input.vm)),
      discardState: os.vm.discardState.handler(({ input }) => api.discardState(input.vm)),
      figures: os.vm.figures.handler(({ input }) => api.vmFigures(input.vm)),
      watchFigures: os.vm.watchFigures.handler(({ input, signal, path }) =>
        guarded(api.watchFigures(input.vm, present(signal)), path),
      ),
      reclaimDisk: os.vm.reclaimDisk.handler(({ input }) => api.reclaimDisk(input.vm)),
      growDisk: os.vm.growDisk.handler(({ input }) => api.growDisk(input.vm, input.diskGiB)),
      plugDisk: os.vm.plugDisk.handler(({ input }) => api.plugDisk(input.vm, input.disk)),
      unplugDisk: os.vm.unplugDisk.handler(({ input }) => api.unplugDisk(input.vm, input.disk)),
      console: os.vm.console.handler(({ input }) => api.consoleLines(input.vm, input.lines)),
    },
    emulation: {
      list: os.emulation.list.handler(({ input }) => api.listHandlers(input.vm)),
      on: os.emulation.on.handler(({ input }) => api.switchOn(input.vm, input.arch)),
      off: os.emulation.off.handler(({ input }) => api.switchOff(input.vm, input.arch)),
      test: os.emulation.test.handler(({ input }) => api.testHandler(input.vm, input.arch)),
      all: os.emulation.all.handler(({ input }) => api.switchAll(input.vm, input.to)),
      use: os.emulation.use.handler(({ input }) => api.handlerUse(input.vm, input.arch)),
      choose: os.emulation.choose.handler(({ input }) =>
        api.chooseEmulator(input.vm, input.arch, input.version),
      ),
      measure: os.emulation.measure.handler(({ input }) => api.measurePrice(input.vm, input.arch)),
    },
    doctor: {
      examine: os.doctor.examine.handler(({ input }) => api.examine(input.vm, input.container)),
      fix: os.doctor.fix.handler(({ input }) => api.applyFix(input)),
      remembered: os.doctor.remembered.handler(() => api.rememberedFixes()),
      forget: os.doctor.forget.handler(({ input }) => api.forgetFixes(input.image)),
    },
    container: {
      act: os.container.act.handler(({ input }) => api.containers.act(input)),
      actOnProject: os.container.actOnProject.handler(({ input }) => api.containers.actOnProject(input)),
      removal: os.container.removal.handler(({ input }) => api.containers.removal(input)),
      remove: os.container.remove.handler(({ input }) => api.containers.remove(input)),
      inspect: os.container.inspect.handler(({ input }) => api.containers.inspect(input)),
      watchLogs: os.container.watchLogs.handler(({ input, signal, path }) =>
        guarded(api.containers.watchLogs(input, present(signal)), path),
      ),
      watchUsage: os.container.watchUsage.handler(({ input, signal, path }) =>
        guarded(api.containers.watchUsage(input, present(signal)), path),
      ),
      files: os.container.files.handler(({ input }) => api.containers.files(input)),
      download: os.container.download.handler(({ input }) => api.containers.download(input)),
    },
    port: {
      move: os.port.move.handler(({ input }) => api.ports.move(input)),
      moveBack: os.port.moveBack.handler(({ input }) => api.ports.moveBack(input)),
      check: os.port.check.handler(({ input }) => api.ports.check(input.vm)),
    },
    dockerImage: {
      list: os.dockerImage.list.handler(({ input }) => api.listDockerImages(input.vm)),
      pull: os.dockerImage.pull.handler(({ input }) => api.pullImage(input)),
      import: os.dockerImage.import.handler(({ input }) => api.importImage(input)),
      sample: os.dockerImage.sample.handler(({ input }) => api.sampleImage(input.vm, input.arch)),
      remove: os.dockerImage.remove.handler(({ input }) => api.removeImage(input.vm, input.image)),
      forecast: os.dockerImage.forecast.handler(({ input }) => api.forecast(input)),
      launch: os.dockerImage.launch.handler(({ input }) => api.launch(input)),
    },
    volume: {
      list: os.volume.list.handler(({ input }) => objects.listVolumes(input.vm)),
      create: os.volume.create.handler(({ input }) => objects.createVolume(input.vm, input.name)),
      remove: os.volume.remove.handler(({ input }) => objects.removeVolume(input.vm, input.id)),
      inspect: os.volume.inspect.handler(({ input }) => objects.inspectVolume(input.vm, input.id)),
      measure: os.volume.measure.handler(({ input, signal }) =>
        objects.measureVolumes(input.vm, present(signal)),
      ),
    },
    network: {
      list: os.network.list.handler(({ input }) => objects.listNetworks(input.vm)),
      create: os.network.create.handler(({ input }) => objects.createNetwork(input)),
      remove: os.network.remove.handler(({ input }) => objects.removeNetwork(input.vm, input.id)),
      inspect: os.network.inspect.handler(({ input }) => objects.inspectNetwork(input.vm, input.id)),
      connect: os.network.connect.handler(({ input }) => objects.connectNetwork(input.vm, input)),
      disconnect: os.network.disconnect.handler(({ input }) => objects.disconnectNetwork(input.vm, input)),
    },
    build: {
      watch: os.build.watch.handler(({ input, signal, path }) =>
        guarded(objects.watchBuilds(input.vm, present(signal)), path),
      ),
      report: os.build.report.handler(({ input, signal, path }) =>
        guarded(objects.reportBuild(input.vm, input.id, present(signal)), path),
      ),
      forget: os.build.forget.handler(({ input }) => objects.forgetBuild(input.vm, input.id)),
      cache: os.build.cache.handler(({ input, signal }) => objects.buildCache(input.vm, present(signal))),
    },
    shares: {
      list: os.shares.list.handler(() => api.shares.list()),
      add: os.shares.add.handler(({ input }) => api.shares.add(input)),
      remove: os.shares.remove.handler(({ input }) => api.shares.remove(input.path)),
    },
    prune: {
      plan: os.prune.plan.handler(({ input, signal }) =>
        objects.planPrune(input.vm, input.target, present(signal)),
      ),
      run: os.prune.run.handler(({ input }) => objects.prune(input)),
    },
    activity: {
      watch: os.activity.watch.handler(({ signal, path }) =>
        guarded(objects.watchActivity(present(signal)), path),
      ),
    },
    lens: {
      watch: os.lens.watch.handler(({ input, signal, path }) =>
        guarded(api.watchLens(input, present(signal)), path),
      ),
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
