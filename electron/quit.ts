import { setTimeout as delay } from 'node:timers/promises';
import { app, dialog } from 'electron';
import { isAbort, toEngineError } from '../engine/base/engine-error.ts';
import type { EngineConnection } from './engine.ts';
import type { EngineState } from './engine-state.ts';
import { runningVms } from './running-vms.ts';

/** Suspending writes the guest's memory to disk; after this a person wants to know what it waits for. */
const patienceMs = 20_000;

/**
 * A host that goes down gives its programs 90 s (systemd's DefaultTimeoutStopSec), and the engine needs at most 20 s to
 * suspend; then this program must not be what the host waits for.
 */
const shutdownPatienceMs = 80_000;

const quit = 'quit';
const goOn = 'go-on';

export interface QuitOptions {
  readonly engine: EngineConnection;
  readonly state: EngineState;
  /** Opens the window again when quitting was called off after it had closed. */
  readonly showWindow: () => void;
}

/**
 * What becomes of running VMs when this program ends, as the setting `onQuit` says. Leaving them alone is safe: the
 * engine is a process of its own, and so is stopping them, which goes on there when this program does not wait for it.
 */
export class Quit {
  readonly #options: QuitOptions;
  #decided = false;
  #deciding = false;

  constructor(options: QuitOptions) {
    this.#options = options;
  }

  /** Before `lifecycle.ts`: no window closes before this is decided. */
  follow(): void {
    app.on('before-quit', (event) => {
      if (this.#decided || runningVms(this.#options.state.current).length === 0) return;
      const onQuit = this.#options.state.current?.settings.onQuit;
      if (onQuit === 'leave-running') return;
      event.preventDefault();
      if (!this.#deciding) void (onQuit === 'stop' ? this.stopVmsAndQuit() : this.#ask());
    });
  }

  /** Something ends this program that no person sits in front of, such as a signal: VMs run on. */
  leaveRunningAndQuit(): void {
    this.#decided = true;
    app.quit();
  }

  /** Ends VMs and engine, then this program. Where that fails it says why and everything goes on. */
  async stopVmsAndQuit(): Promise<void> {
    await this.#once(async () => await this.#stopVms());
  }

  /** The host goes down: nobody can be asked, and whoever is late is named in the output. */
  async hostShutsDown(): Promise<void> {
    const { engine, state } = this.#options;
    this.#decided = true;
    // Where none is connected none is started for this: the host tells the engine as well.
    if (engine.client) {
      const stopping = engine.quit({ hurried: true }).catch(report);
      const late = new AbortController();
      const outcome = await Promise.race([
        stopping,
        delay(shutdownPatienceMs, 'late' as const, { signal: late.signal }),
      ]);
      late.abort();
      if (outcome === 'late') console.error(`The host goes down before it is done: ${lateOnes(state)}`);
    }
    app.quit();
  }

  async #ask(): Promise<void> {
    await this.#once(async () => {
      const { engine, state } = this.#options;
      const running = runningVms(state.current);
      const { response, checkboxChecked } = await dialog.showMessageBox({
        type: 'question',
        title: 'Foredeck',
        message: `Still running: ${running.join(', ')}`,
        detail:
          'Containers can go on without this window; docker and the foredeck command reach them as before.',
        buttons: ['Leave Running', 'Stop and Quit', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
        checkboxLabel: 'Do not ask again',
      });
      if (response === 2) return goOn;
      const onQuit = response === 1 ? 'stop' : 'leave-running';
      if (checkboxChecked) await engine.client?.calls.settings.set({ onQuit }).catch(report);
      return onQuit === 'stop' ? await this.#stopVms() : quit;
    });
  }

  async #once(decide: () => Promise<typeof quit | typeof goOn>): Promise<void> {
    if (this.#deciding) return;
    this.#deciding = true;
    const decision = await decide().finally(() => {
      this.#deciding = false;
    });
    if (decision === goOn) {
      this.#options.showWindow();
      return;
    }
    this.#decided = true;
    app.quit();
  }

  /** Waits as long as the person does. */
  async #stopVms(): Promise<typeof quit | typeof goOn> {
    const { engine, state } = this.#options;
    const done = new AbortController();
    try {
      const stopping = engine.quit({ hurried: false }).finally(() => done.abort());
      await Promise.race([stopping, this.#untilImpatient(state, done.signal)]);
      return quit;
    } catch (thrown) {
      if (isAbort(thrown)) return quit;
      const { message, hint } = toEngineError(thrown);
      dialog.showErrorBox('Foredeck cannot stop the VM', `${message}\n\n${hint}`);
      return goOn;
    }
  }

  /** Resolves when a person has seen who is late and does not want to wait. Pending once `signal` has aborted. */
  async #untilImpatient(state: EngineState, signal: AbortSignal): Promise<void> {
    for (;;) {
      const over = await delay(patienceMs, false, { signal }).catch(() => true);
      if (over) return await new Promise(() => undefined);
      const late = lateOnes(state);
      console.error(`After ${patienceMs / 1_000} s not stopped yet: ${late}`);
      const { response } = await dialog.showMessageBox({
        type: 'warning',
        title: 'Foredeck',
        message: `Not stopped yet: ${late}`,
        detail: 'The engine goes on with it by itself when you do not wait.',
        buttons: ['Wait', 'Quit Now'],
        defaultId: 0,
        cancelId: 0,
        signal,
      });
      if (response === 1 && !signal.aborted) return;
    }
  }
}

function lateOnes(state: EngineState): string {
  return runningVms(state.current).join(', ') || 'the engine';
}

function report(thrown: unknown): void {
  console.error(toEngineError(thrown).message);
}
