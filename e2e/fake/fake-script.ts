import type { EngineError } from '../../engine/base/engine-error.ts';

/** The procedures a spec may hold back or make fail. */
export type FakeProcedure =
  | 'quit'
  | 'startVm'
  | 'stopVm'
  | 'restartVm'
  | 'discardState'
  | 'reclaimDisk'
  | 'growDisk'
  | 'switchOn'
  | 'switchOff'
  | 'testHandler'
  | 'setSettings'
  | 'lookAtHostNetwork'
  | 'cancelJob'
  | 'findDockerCli'
  | 'installDockerCli'
  | 'openTerminal'
  | 'switchAll'
  | 'handlerUse'
  | 'chooseEmulator'
  | 'measurePrice'
  | 'examine'
  | 'applyFix'
  | 'rememberedFixes'
  | 'forgetFixes'
  | 'listDockerImages'
  | 'pullImage'
  | 'importImage'
  | 'sampleImage'
  | 'removeImage'
  | 'forecast'
  | 'launch'
  | 'watchFigures'
  | 'watchLens'
  | 'listVolumes'
  | 'createVolume'
  | 'removeVolume'
  | 'inspectVolume'
  | 'measureVolumes'
  | 'listNetworks'
  | 'createNetwork'
  | 'removeNetwork'
  | 'connectNetwork'
  | 'disconnectNetwork'
  | 'inspectNetwork'
  | 'buildCache'
  | 'watchBuilds'
  | 'forgetBuild'
  | 'planPrune'
  | 'prune'
  | 'actOnContainer'
  | 'actOnProject'
  | 'containerRemoval'
  | 'removeContainer'
  | 'inspectContainer'
  | 'watchLogs'
  | 'listFiles'
  | 'download'
  | 'addShare'
  | 'removeShare'
  | 'movePort'
  | 'movePortBack'
  | 'checkPorts';

/** What a spec wants of the calls to come, and what was called. */
export class FakeScript {
  /** What was asked, in order: `startVm service`, `switchOn service arm64`. */
  readonly asked: string[] = [];
  readonly #held = new Map<FakeProcedure, PromiseWithResolvers<void>>();
  readonly #failures = new Map<FakeProcedure, EngineError>();

  /** Calls of `procedure` wait until the returned function is called. */
  hold(procedure: FakeProcedure): () => void {
    const gate = Promise.withResolvers<void>();
    this.#held.set(procedure, gate);
    return () => {
      this.#held.delete(procedure);
      gate.resolve();
    };
  }

  /** The next call of `procedure` fails. */
  failNext(procedure: FakeProcedure, error: EngineError): void {
    this.#failures.set(procedure, error);
  }

  /** Notes a call which a person's action made, then plays it. */
  async carryOut(procedure: FakeProcedure, ...details: string[]): Promise<void> {
    this.asked.push([procedure, ...details].join(' '));
    await this.play(procedure);
  }

  /** The same for a call the page makes by itself, which `asked` would only be noise of. */
  async play(procedure: FakeProcedure): Promise<void> {
    await this.#held.get(procedure)?.promise;
    const failure = this.#failures.get(procedure);
    this.#failures.delete(procedure);
    if (failure) throw failure;
  }
}
