import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium as playwright } from 'playwright';

/** Chromium of the system, as Playwright for the browser specs has it. */
const chromiumPath = process.env.FOREDECK_CHROMIUM ?? '/usr/bin/chromium';

const chromiumFlags = [
  '--headless',
  // Electron has ports tell when the other end closes (https://www.electronjs.org/docs/latest/tutorial/message-ports).
  '--enable-blink-features=MessagePortCloseEvent',
  '--no-sandbox',
  '--remote-debugging-port=0',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-backgrounding-occluded-windows',
  'about:blank',
];

/** A running Chromium: Electron's other half. */
export class Chromium {
  readonly context: BrowserContext;
  /** Where a second client, the spec, attaches: a DevTools WebSocket URL. */
  readonly endpoint: string;
  readonly #browser: Browser;
  readonly #child: ChildProcess;

  private constructor(endpoint: string, browser: Browser, child: ChildProcess) {
    const [context] = browser.contexts();
    if (!context) throw new Error('Chromium has no browser context');
    this.context = context;
    this.endpoint = endpoint;
    this.#browser = browser;
    this.#child = child;
  }

  static async start(profile: string): Promise<Chromium> {
    const folder = join(profile, 'chromium');
    await mkdir(folder, { recursive: true });
    const child = spawn(chromiumPath, [`--user-data-dir=${folder}`, ...chromiumFlags], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    // The last resort, when this process ends without having asked Chromium to.
    process.on('exit', () => child.kill('SIGKILL'));
    const endpoint = await endpointOf(child);
    return new Chromium(endpoint, await playwright.connectOverCDP(endpoint), child);
  }

  get version(): string {
    return this.#browser.version();
  }

  /** Resolves when the process is gone. */
  async stop(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    await gone;
  }
}

function endpointOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = '';
    child.stderr?.on('data', (text: Buffer) => {
      printed += text;
      const url = /DevTools listening on (ws:\S+)/.exec(printed)?.[1];
      if (url) resolve(url);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`Chromium ended with ${code}: ${printed.slice(-500)}`)));
  });
}
