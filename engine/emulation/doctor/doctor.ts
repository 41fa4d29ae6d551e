import type { Arch } from '../../../contract/arch.ts';
import type { DockerImage } from '../../../contract/docker-images.ts';
import type { Diagnosis, FixOutcome, RememberedFix } from '../../../contract/doctor.ts';
import type { Container } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { Log } from '../../base/log.ts';
import { mapConcurrent } from '../../base/map-concurrent.ts';
import type { Scope } from '../../base/scope.ts';
import type { Store } from '../../state/store.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { applyFix } from './apply-fix.ts';
import { type Catalogue, readCatalogue } from './catalogue.ts';
import { ranWell } from './confirm-fix.ts';
import { diagnose } from './diagnose.ts';
import { HandlerHistory } from './handler-history.ts';
import type { FixCircumstances } from './offer-fixes.ts';
import type { ContainerEvidence, DoctorHandlers, FailureFacts, FixRunner, ForeignVms } from './ports.ts';
import type { RememberedFixes } from './remembered-fixes.ts';
import { findContainer, VmDoctor } from './vm-doctor.ts';

export interface DoctorOptions {
  readonly store: Store;
  readonly handlers: DoctorHandlers;
  readonly foreignVms: ForeignVms;
  readonly remembered: RememberedFixes;
  /** `resources/doctor-catalogue`. */
  readonly catalogueFolder: string;
  readonly hostPlatform: string;
  readonly log: Log;
  /** Between looks at running containers; see vm-doctor.ts. */
  readonly lookIntervalMs?: number;
}

/** Enough to hide round trips; more would crowd a small guest. */
const examinedAtOnce = 3;

/** Says why containers fail, and applies what helps. */
export class Doctor {
  readonly #options: DoctorOptions;
  readonly #vms = new Map<string, VmDoctor>();
  readonly #history = new HandlerHistory();
  #catalogue: Promise<Catalogue> | undefined;

  constructor(options: DoctorOptions) {
    this.#options = options;
  }

  /** Once, when the engine starts: from then on it knows how handlers were. Ends with `signal`. */
  start(signal: AbortSignal): void {
    const { store } = this.#options;
    const handlers = Object.entries(store.state.handlers);
    this.#history.note(
      handlers.map(([key, value]) => ({ in: 'handlers', key, value })),
      Date.now(),
    );
    const stop = store.listen((changes) => this.#history.note(changes, Date.now()));
    signal.addEventListener('abort', stop, { once: true });
  }

  /** After each connect, once Docker's containers are listed. What it makes belongs to `scope`. */
  attach(options: {
    vm: { name: string; arch: Arch };
    link: GuestLink;
    evidence: ContainerEvidence;
    runner: FixRunner;
    scope: Scope;
  }): void {
    const { vm, link, evidence, runner, scope } = options;
    const { store, log, hostPlatform, lookIntervalMs } = this.#options;
    const attached = new VmDoctor({
      vm: { name: vm.name, arch: vm.arch },
      link,
      evidence,
      runner,
      store,
      history: this.#history,
      hostPlatform,
      judge: (facts) => this.#judge(facts),
      log: log.child({ vm: vm.name }),
      signal: AbortSignal.any([scope.signal, link.signal]),
      ...(lookIntervalMs !== undefined && { lookIntervalMs }),
    });
    this.#vms.set(vm.name, attached);
    const running = attached.run();
    scope.defer(async () => {
      if (this.#vms.get(vm.name) === attached) this.#vms.delete(vm.name);
      await running;
    });
  }

  /** Docker told that a `docker exec` ended badly. */
  execFailed(vm: string, container: string, exitCode: number): void {
    this.#vms.get(vm)?.execFailed(container, exitCode);
  }

  /** `container` null: every container of the VM that failed, or runs and may hang. Keyed by id. */
  async examine(vm: string, container: string | null): Promise<Record<string, Diagnosis>> {
    const { store } = this.#options;
    const attached = this.#require(vm);
    const rows =
      container === null
        ? Object.values(store.state.containers).filter((row) => row.vm === vm && worthExamining(row))
        : [findContainer(Object.values(store.state.containers), vm, container)];
    const verdicts = await mapConcurrent(rows, examinedAtOnce, async (row) => ({
      id: row.id,
      diagnosis: await attached.examine(row),
    }));
    return Object.fromEntries(
      verdicts.flatMap(({ id, diagnosis }) => (diagnosis === null ? [] : [[id, diagnosis]])),
    );
  }

  /**
   * Applies a fix of the container's diagnosis. Resolves when what it starts has started; whether that made the image
   * run is seen and remembered afterwards. Throws `unknown_fix`, `wrong_state`, and what the fix itself throws.
   */
  async applyFix(options: {
    vm: string;
    container: string;
    fix: string;
    data: 'keep' | 'fresh';
  }): Promise<FixOutcome> {
    const { store, handlers, foreignVms } = this.#options;
    const attached = this.#require(options.vm);
    const row = findContainer(Object.values(store.state.containers), options.vm, options.container);
    const diagnosis = row.diagnosis ?? (await attached.examine(row));
    const fix = diagnosis?.fixes.find((offered) => offered.id === options.fix);
    if (!diagnosis || !fix) throw unknownFix(row, options.fix, diagnosis);
    const outcome = await applyFix({
      fix,
      row,
      data: options.data,
      handlers,
      foreignVms,
      runner: attached.runner,
      signal: attached.signal,
      isPresent: (image, arch) =>
        this.#image(row.vm, image)?.platforms.some((has) => has.arch === arch && has.present) ?? false,
      explainPull: (error) => this.#explainPull(row, error),
    });
    if (outcome.container !== null) {
      void this.#rememberIfItRuns(attached, outcome.container, {
        image: row.image,
        arch: row.arch,
        rule: diagnosis.rule,
        fix: fix.id,
        label: fix.label,
      });
    }
    return outcome;
  }

  async remembered(): Promise<RememberedFix[]> {
    return [...(await this.#options.remembered.list())];
  }

  /** Answers what is still remembered. */
  async forget(image: string): Promise<RememberedFix[]> {
    return [...(await this.#options.remembered.forget(image))];
  }

  async #judge(facts: FailureFacts): Promise<Diagnosis | null> {
    const { catalogueFolder, remembered } = this.#options;
    this.#catalogue ??= readCatalogue(catalogueFolder);
    return diagnose({
      catalogue: await this.#catalogue,
      facts,
      circumstances: this.#circumstances(facts),
      remembered: await remembered.list(),
      at: Date.now(),
    });
  }

  #circumstances({ vm, arch, container }: FailureFacts): FixCircumstances {
    const { store, foreignVms } = this.#options;
    const image = this.#image(vm.name, container.image);
    return {
      choices: arch === null ? [] : (store.state.handlers[handlerKey(vm.name, arch)]?.choices ?? []),
      imageArches: image
        ? image.platforms.flatMap((platform) => (platform.arch === null ? [] : [platform.arch]))
        : null,
      foreignVm: (foreign) => foreignVms.unavailable(foreign),
    };
  }

  #image(vm: string, reference: string): DockerImage | undefined {
    return Object.values(this.#options.store.state.dockerImages).find(
      (known) => known.vm === vm && known.tags.includes(reference),
    );
  }

  /** Docker's refusal to pull, in the catalogue's words; null when it has none for it. */
  async #explainPull(row: Container, error: string): Promise<Diagnosis | null> {
    return await this.#judge({
      how: 'pull',
      hostPlatform: this.#options.hostPlatform,
      vm: { name: row.vm, arch: this.#options.store.state.vms[row.vm]?.arch ?? 'amd64' },
      container: {
        id: row.id,
        name: row.name,
        image: row.image,
        state: 'created',
        exitCode: null,
        oomKilled: false,
        error,
        argv: [],
        environment: {},
        tty: false,
        startedAt: null,
        finishedAt: null,
        pid: null,
        autoRemove: false,
      },
      arch: row.arch,
      execution: row.execution,
      emulator: null,
      handler: { state: 'unknown', entry: '', flags: '', version: null, interpreter: '' },
      execExitCode: null,
      stuckSignal: null,
      silence: null,
      lines: [],
    });
  }

  async #rememberIfItRuns(
    attached: VmDoctor,
    container: string,
    fix: Omit<RememberedFix, 'emulatorVersion' | 'at'>,
  ): Promise<void> {
    const { store, remembered, log } = this.#options;
    try {
      if (!(await ranWell(store, container, attached.signal))) return;
      const version = /[\d.]+$/.exec(store.state.containers[container]?.emulator ?? '')?.[0] ?? null;
      await remembered.add({ ...fix, emulatorVersion: version, at: Date.now() });
    } catch (thrown) {
      if (!attached.signal.aborted) log.warn({ err: thrown, ...fix }, 'a fix that worked is not remembered');
    }
  }

  #require(vm: string): VmDoctor {
    const attached = this.#vms.get(vm);
    if (attached) return attached;
    throw new EngineError({
      code: 'wrong_state',
      message: `VM "${vm}" is not running, so its containers cannot be examined.`,
      hint: `Start it first: foredeck start --vm ${vm}`,
    });
  }
}

function worthExamining(row: Container): boolean {
  if (row.state === 'exited' || row.state === 'dead') return row.exitCode !== null && row.exitCode !== 0;
  return row.state === 'running' || row.state === 'created';
}

function unknownFix(row: Container, asked: string, diagnosis: Diagnosis | null): EngineError {
  return new EngineError({
    code: 'unknown_fix',
    message: diagnosis
      ? `"${asked}" is no fix of what happened to container "${row.name}".`
      : `Nothing is known to be wrong with container "${row.name}", so there is nothing to fix.`,
    hint: diagnosis ? `Known are ${diagnosis.fixes.map((fix) => fix.id).join(', ')}.` : '',
  });
}
