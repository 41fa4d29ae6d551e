import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BootStage, Handler, Job, Vm } from '../contract/records.ts';
import { applyChanges, type State, type StateUpdate } from '../contract/state.ts';
import { EngineError, toEngineError } from '../engine/base/engine-error.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { interruptedStatus } from './failure.ts';
import { formatBytes } from './output.ts';
import { printable } from './printable.ts';

/** Between lines of one transfer where they cannot be overwritten, as in a log. */
const plainIntervalMs = 2_000;

/**
 * Tells on standard error what the engine does while `work` runs: jobs with bytes and rate, boot stages as they
 * happen, what a handler is about, states of VMs. An interrupt calls `cancel` and waits; a second one gives up
 * waiting and leaves the rest to the engine.
 */
export async function withProgress<T>(
  engine: EngineClient,
  options: { cancel?: (state: State) => Promise<unknown> },
  work: () => Promise<T>,
): Promise<T> {
  const reporter = new ProgressReporter(process.stderr);
  const watching = new AbortController();
  const updates = await engine.calls.state.watch(undefined, { signal: watching.signal });
  // The state as it is before `work` begins: what changes from then on is news.
  const first = await updates.next();
  const watch = follow(first.done ? undefined : first.value, updates, reporter).catch(() => undefined);
  let interrupted = false;
  const onInterrupt = (): void => {
    if (interrupted || !options.cancel || !reporter.state) process.exit(interruptedStatus);
    interrupted = true;
    reporter.line('Cancelling. Interrupt again to leave the rest to the engine.');
    options.cancel(reporter.state).catch((thrown) => reporter.line(toEngineError(thrown).message));
  };
  process.on('SIGINT', onInterrupt);
  try {
    const result = await work();
    if (interrupted) throw new EngineError({ code: 'cancelled', message: 'Cancelled.' });
    // Answers and updates come in order on one connection: after this one, all that `work` changed has come in.
    await engine.calls.engine.info().catch(() => undefined);
    await nextTurn();
    return result;
  } catch (thrown) {
    if (interrupted) throw new EngineError({ code: 'cancelled', message: 'Cancelled.', cause: thrown });
    throw thrown;
  } finally {
    process.off('SIGINT', onInterrupt);
    watching.abort();
    await watch;
    reporter.end();
  }
}

/** Tells the same on standard error until the returned function is called. */
export function followProgress(engine: EngineClient): () => Promise<void> {
  const reporter = new ProgressReporter(process.stderr);
  const watching = new AbortController();
  const watch = (async () => {
    const updates = await engine.calls.state.watch(undefined, { signal: watching.signal });
    const first = await updates.next();
    await follow(first.done ? undefined : first.value, updates, reporter);
  })().catch(() => undefined);
  return async () => {
    watching.abort();
    await watch;
    reporter.end();
  };
}

async function follow(
  first: StateUpdate | undefined,
  updates: AsyncIterable<StateUpdate>,
  reporter: ProgressReporter,
): Promise<void> {
  if (first?.type !== 'snapshot') return;
  let { state } = first;
  reporter.show(state);
  for await (const update of updates) {
    state = update.type === 'snapshot' ? update.state : applyChanges(state, update.changes);
    reporter.show(state);
  }
}

/** Turns states into lines. What was so at the beginning is not news. */
export class ProgressReporter {
  readonly #output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
  #state: State | undefined;
  #transient = false;
  #plainShownAt = 0;

  constructor(output: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>) {
    this.#output = output;
  }

  get state(): State | undefined {
    return this.#state;
  }

  show(state: State): void {
    const before = this.#state;
    this.#state = state;
    for (const job of Object.values(state.jobs)) {
      const known = before?.jobs[job.id];
      if (before ? known !== job : job.state === 'running') this.#job(known, job);
    }
    if (!before) return;
    for (const vm of Object.values(state.vms)) {
      if (before.vms[vm.name] !== vm) this.#vm(before.vms[vm.name], vm);
    }
    for (const [key, handler] of Object.entries(state.handlers)) {
      if (before.handlers[key] !== handler) this.#handler(before.handlers[key], handler);
    }
  }

  line(text: string): void {
    if (this.#transient) this.#output.write('\r\u001b[K');
    this.#transient = false;
    this.#output.write(`${printable(text)}\n`);
  }

  end(): void {
    if (this.#transient) this.#output.write('\n');
    this.#transient = false;
  }

  #job(before: Job | undefined, job: Job): void {
    if (!before) this.line(job.title);
    if (job.state !== 'running') {
      if (before?.state !== job.state) this.line(`  ${job.state}`);
      return;
    }
    if (!job.progress) {
      if (before?.phase !== job.phase) this.line(`  ${job.phase}`);
      return;
    }
    this.#overwritable(`  ${job.phase}: ${describeTransfer(job.progress)}`, before?.phase !== job.phase);
  }

  #vm(before: Vm | undefined, vm: Vm): void {
    if (before?.state !== vm.state) {
      this.line(
        `VM ${vm.name}: ${vm.state}${vm.accelerator && vm.state === 'starting' ? ` (${vm.accelerator})` : ''}`,
      );
    }
    for (const stage of vm.boot.stages) {
      const earlier = before?.boot.stages.find((known) => known.id === stage.id);
      if (stage.atMs !== null && (earlier?.atMs ?? null) === null) this.line(describeStage(stage));
      else if (stage.problem !== null && earlier?.problem !== stage.problem) {
        this.line(`          ${stage.id}: ${stage.problem}`);
      }
    }
  }

  #handler(before: Handler | undefined, handler: Handler): void {
    if (handler.activity === null || before?.activity === handler.activity) return;
    this.#overwritable(`  ${handler.arch}: ${handler.activity}`, before?.activity === null);
  }

  /** A line that the next one may replace; where nothing can be replaced, one every now and then. */
  #overwritable(text: string, isNew: boolean): void {
    if (this.#output.isTTY) {
      this.#output.write(`\r\u001b[K${printable(text)}`);
      this.#transient = true;
      return;
    }
    const now = Date.now();
    if (!isNew && now - this.#plainShownAt < plainIntervalMs) return;
    this.#plainShownAt = now;
    this.#output.write(`${printable(text)}\n`);
  }
}

function describeStage(stage: BootStage): string {
  return `  ${((stage.atMs ?? 0) / 1_000).toFixed(1).padStart(5)} s ${stage.id}${stage.problem ? `: ${stage.problem}` : ''}`;
}

function describeTransfer(progress: NonNullable<Job['progress']>): string {
  const total = progress.totalBytes === null ? '' : ` of ${formatBytes(progress.totalBytes)}`;
  return `${formatBytes(progress.doneBytes)}${total}, ${formatBytes(progress.bytesPerSecond)}/s`;
}
