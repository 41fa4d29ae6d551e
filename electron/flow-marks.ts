import { ipcMain, type WebContents } from 'electron';
import { flowMarkChannel } from './ipc-channels.ts';

/**
 * Message ports take whatever they are given and say nothing of what was read. A mark is a message which the page's
 * thread sends back when it comes to it, behind what was sent before: main stops reading from the engine until then.
 */
export class FlowMarks {
  readonly #pending = new Map<number, () => void>();
  #last = 0;

  start(): void {
    ipcMain.on(flowMarkChannel, (_event, mark: unknown) => {
      if (typeof mark === 'number') this.#settle(mark);
    });
  }

  /** Resolves when `page` has answered a mark sent now, or when `signal` aborts. */
  passed(page: WebContents, signal: AbortSignal): Promise<void> {
    if (signal.aborted || page.isDestroyed()) return Promise.resolve();
    this.#last += 1;
    const mark = this.#last;
    return new Promise((resolve) => {
      const give = (): void => this.#settle(mark);
      this.#pending.set(mark, () => {
        signal.removeEventListener('abort', give);
        resolve();
      });
      signal.addEventListener('abort', give, { once: true });
      page.send(flowMarkChannel, mark);
    });
  }

  #settle(mark: number): void {
    const settle = this.#pending.get(mark);
    this.#pending.delete(mark);
    settle?.();
  }
}
