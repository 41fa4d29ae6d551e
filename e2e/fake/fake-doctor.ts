import type { Diagnosis, FixOutcome, RememberedFix } from '../../contract/doctor.ts';
import type { Container } from '../../contract/records.ts';
import { handlerKey } from '../../contract/state.ts';
import { EngineError } from '../../engine/base/engine-error.ts';
import type { Store } from '../../engine/state/store.ts';
import { fixOf } from './diagnosis-records.ts';
import type { FakeScript } from './fake-script.ts';
import { containerRecord, handlerRecord } from './records.ts';

/** Verdicts as a spec wants them; fixes change the state as the engine's would. */
export class FakeDoctor {
  remembered: RememberedFix[] = [];
  /** What looking anew finds, by container id; whatever is not in here keeps the verdict it has. */
  readonly findings = new Map<string, Diagnosis | null>();
  readonly #store: Store;
  readonly #script: FakeScript;

  constructor(store: Store, script: FakeScript) {
    this.#store = store;
    this.#script = script;
  }

  async examine(_vm: string, id: string | null): Promise<Record<string, Diagnosis>> {
    const wanted = Object.values(this.#store.state.containers).filter(
      (container) => id === null || container.id === id,
    );
    await this.#script.carryOut('examine', id === null ? 'all' : (wanted[0]?.name ?? id));
    const verdicts: Record<string, Diagnosis> = {};
    for (const container of wanted) {
      const found = this.findings.get(container.id);
      const diagnosis = found === undefined ? container.diagnosis : found;
      this.#replace({ ...container, diagnosis });
      if (diagnosis) verdicts[container.id] = diagnosis;
    }
    return verdicts;
  }

  async applyFix(options: { container: string; fix: string; data: 'keep' | 'fresh' }): Promise<FixOutcome> {
    const container = this.#store.state.containers[options.container];
    const fix = fixOf(container?.diagnosis, options.fix);
    if (!container || !fix)
      throw new EngineError({ code: 'unknown_fix', message: `There is no fix "${options.fix}".` });
    await this.#script.carryOut('applyFix', container.name, fix.id, options.data);
    if (fix.kind === 'switch-on') {
      const handler = handlerRecord(fix.arch, 'on');
      this.#store.commit({ in: 'handlers', key: handlerKey(handler.vm, handler.arch), value: handler });
    }
    const { name } = container;
    if (fix.kind === 'switch-on' || fix.kind === 'use-emulator') {
      const started = { state: 'running', status: 'Up 1 second', exitCode: null, diagnosis: null } as const;
      this.#replace({ ...container, ...started });
      return { container: container.id, message: `${fix.arch} programs run; ${name} was started again.` };
    }
    if (fix.kind === 'use-platform' && options.data === 'keep') {
      throw new EngineError({ code: 'bad_input', message: 'What was written belongs to its image.' });
    }
    this.#replace({ ...container, name: `${name}-before` });
    const again = containerRecord({ name, image: container.image, arch: container.arch });
    this.#replace(again);
    return { container: again.id, message: `${name} runs again; the old one is kept as ${name}-before.` };
  }

  async rememberedFixes(): Promise<RememberedFix[]> {
    await this.#script.play('rememberedFixes');
    return this.remembered;
  }

  async forgetFixes(image: string): Promise<RememberedFix[]> {
    await this.#script.carryOut('forgetFixes', image);
    this.remembered = this.remembered.filter((fix) => fix.image !== image);
    return this.remembered;
  }

  #replace(container: Container): void {
    this.#store.commit({ in: 'containers', key: container.id, value: container });
  }
}
