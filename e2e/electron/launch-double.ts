import { type ChildProcess, fork } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright';
import type { ElectronModule, LaunchOptions, Shell } from './shell.ts';

const root = resolve(import.meta.dirname, '..', '..');
const builtMain = join(root, 'out', 'main', 'main.js');
const runMain = join(import.meta.dirname, 'double', 'run-main.ts');

/** Chromium of a loaded machine needs some seconds; more means that it does not come. */
const launchTimeoutMs = 60_000;
const pollIntervalMs = 25;

type FromMain =
  | { type: 'ready'; endpoint: string }
  | { type: 'evaluated'; id: number; result?: unknown; error?: string };

/** Starts the built main under the double. Resolves when it is ready, or has ended, as a second instance does. */
export async function launchDouble({ home, env, args = [] }: LaunchOptions): Promise<Shell> {
  const child = fork(runMain, [builtMain, ...args], {
    execPath: process.execPath,
    execArgv: [],
    cwd: root,
    env: { ...process.env, XDG_CONFIG_HOME: home, ...env, FOREDECK_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Structured clone: results of `evaluate` keep undefined, bytes and dates.
    serialization: 'advanced',
  });
  const shell = new DoubledShell(child);
  try {
    await shell.ready;
  } catch (thrown) {
    await shell.dispose();
    throw thrown;
  }
  return shell;
}

class DoubledShell implements Shell {
  readonly exited: Promise<number | null>;
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, (answer: FromMain & { type: 'evaluated' }) => void>();
  #browser: Browser | undefined;
  #output = '';
  #lastId = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    this.exited = new Promise((done) => child.once('exit', (code) => done(code)));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.#output += text;
      });
    }
    this.ready = this.#becomeReady();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  output(): string {
    return this.#output;
  }

  windows(): Page[] {
    const pages = this.#browser?.contexts()[0]?.pages() ?? [];
    // Chromium's own first tab keeps it alive and is nobody's window.
    return pages.filter((page) => page.url() !== 'about:blank');
  }

  async firstWindow(): Promise<Page> {
    for (;;) {
      const [page] = this.windows();
      if (page) {
        await page.waitForLoadState('domcontentloaded');
        return page;
      }
      if (this.#child.exitCode !== null)
        throw new Error(`There is no window: main has ended.\n${this.#output}`);
      // Main and this are two clients of Chromium; nothing tells the one what the other has seen.
      await delay(pollIntervalMs);
    }
  }

  async evaluate<Result, Argument>(
    work: (electron: ElectronModule, argument: Argument) => Result | Promise<Result>,
    argument: Argument,
  ): Promise<Result> {
    this.#lastId += 1;
    const id = this.#lastId;
    const answer = await new Promise<FromMain & { type: 'evaluated' }>((done, fail) => {
      this.#pending.set(id, done);
      void this.exited.then(() => fail(new Error(`Main ended.\n${this.#output}`)));
      this.#child.send({ id, source: String(work), argument });
    });
    if (answer.error !== undefined) throw new Error(answer.error);
    // The function came from this caller, so its result has that function's type.
    return answer.result as Result;
  }

  async dispose(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      const cut = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
      await this.exited;
      clearTimeout(cut);
    }
    await this.#browser?.close().catch(() => undefined);
  }

  async #becomeReady(): Promise<void> {
    const first = await new Promise<string | undefined>((done, fail) => {
      const late = setTimeout(() => fail(new Error(`Main is not ready.\n${this.#output}`)), launchTimeoutMs);
      void this.exited.then(() => {
        clearTimeout(late);
        done(undefined);
      });
      this.#child.on('message', (message: FromMain) => {
        if (message.type === 'ready') {
          clearTimeout(late);
          done(message.endpoint);
        } else {
          this.#pending.get(message.id)?.(message);
          this.#pending.delete(message.id);
        }
      });
    });
    if (first) this.#browser = await chromium.connectOverCDP(first);
  }
}
