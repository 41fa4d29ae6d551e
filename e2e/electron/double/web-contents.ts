import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import type { CDPSession, Frame, Page, Route } from 'playwright';
import { app } from './app.ts';
import type { MessagePortMain } from './message-ports.ts';
import { isolatedWorldScript, mainWorldScript } from './page/document-scripts.ts';
import type { ToMain, ToPage } from './page/run-preload.ts';
import { fromChromium, fulfill, originOf, toChromium } from './protocol.ts';
import { session } from './session.ts';
import { createWire } from './wire.ts';

const worldName = 'foredeck-double-preload';
const wire = createWire();

type OpenHandler = (details: { url: string; frameName: string; disposition: string }) => { action: string };

/** Messages of pages to the program. */
export const ipcMain = new EventEmitter();

/** A page in Chromium, as the program sees it. */
export class WebContents extends EventEmitter {
  readonly mainFrame = { url: '', origin: 'null', parent: null };
  readonly session = session.defaultSession;
  /** The page is attached and its preload in place. */
  readonly attached: Promise<Page>;
  #page: Page | undefined;
  #cdp: CDPSession | undefined;
  #preloadContext: number | undefined;
  #openHandler: OpenHandler | undefined;
  /** The address main itself is loading: such a navigation asks nobody. */
  #loading: string | undefined;
  readonly #ports = new Map<string, MessagePortMain>();
  #lastPort = 0;
  #destroyed = false;

  constructor(options: { preload: string | undefined; width: number; height: number }) {
    super();
    this.attached = this.#attach(options);
  }

  isDestroyed(): boolean {
    return this.#destroyed;
  }

  getURL(): string {
    return this.mainFrame.url;
  }

  async loadURL(url: string): Promise<void> {
    const page = await this.attached;
    const target = toChromium(url);
    if (this.#cdp) await this.session.settlePermissions(this.#cdp, target);
    this.#loading = target;
    try {
      await page.goto(target);
    } finally {
      this.#loading = undefined;
    }
  }

  reload(): void {
    void this.#page?.reload().catch(() => undefined);
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler;
  }

  send(channel: string, ...values: unknown[]): void {
    this.#post({ type: 'ipc', channel, values, ports: [] });
  }

  postMessage(channel: string, message: unknown, transfer: MessagePortMain[] = []): void {
    const ids = transfer.map(() => {
      this.#lastPort += 1;
      return String(this.#lastPort);
    });
    this.#post({ type: 'ipc', channel, values: [message], ports: ids });
    for (const [index, port] of transfer.entries()) this.#lend(ids[index] ?? '', port);
  }

  /** The window is gone. Its ports close, and its page. */
  async destroy(): Promise<void> {
    this.#destroyed = true;
    this.emit('destroyed');
    this.#dropPorts();
    const page = await this.attached.catch(() => undefined);
    await page?.close().catch(() => undefined);
  }

  async #attach(options: { preload: string | undefined; width: number; height: number }): Promise<Page> {
    const { context, version } = app.chromium;
    const page = await openPage();
    this.#page = page;
    const cdp = await context.newCDPSession(page);
    this.#cdp = cdp;
    await page.setViewportSize({ width: options.width, height: options.height });
    this.#followPreloadWorld(cdp);
    await cdp.send('Runtime.enable');
    await cdp.send('Page.enable');
    await cdp.send('Runtime.addBinding', { name: 'foredeckDoubleSend', executionContextName: worldName });
    const preload = options.preload ? readFileSync(options.preload, 'utf8') : '';
    const versions = { chrome: version, electron: process.versions.electron };
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: mainWorldScript() });
    await cdp.send('Page.addScriptToEvaluateOnNewDocument', {
      worldName,
      source: isolatedWorldScript(preload, { platform: process.platform, sandboxed: true, versions }),
    });
    cdp.on('Page.windowOpen', ({ url, windowName }) => this.#windowAsked(fromChromium(url), windowName));
    this.session.watchDownloads(page);
    page.on('framenavigated', (frame) => {
      if (frame === page.mainFrame()) this.#navigated(frame.url());
    });
    page.on('domcontentloaded', () => this.emit('dom-ready'));
    page.on('load', () => this.emit('did-finish-load'));
    page.on('crash', () => this.emit('render-process-gone', {}, { reason: 'crashed', exitCode: 1 }));
    page.on('close', () => this.emit('double:page-closed'));
    await page.route('**/*', (route) => this.#answer(route));
    return page;
  }

  /** Each document has a new isolated world; ports of the one before are gone with it. */
  #followPreloadWorld(cdp: CDPSession): void {
    cdp.on('Runtime.executionContextCreated', ({ context }) => {
      if (context.name !== worldName) return;
      this.#dropPorts();
      this.#preloadContext = context.id;
    });
    cdp.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === 'foredeckDoubleSend' && executionContextId === this.#preloadContext)
        this.#receive(wire.decode(payload) as ToMain);
    });
  }

  #navigated(url: string): void {
    this.mainFrame.url = fromChromium(url);
    this.mainFrame.origin = originOf(url);
    this.emit('did-navigate', {}, this.mainFrame.url);
  }

  async #answer(route: Route): Promise<void> {
    const request = route.request();
    if (request.isNavigationRequest() && !this.#mayNavigate(request.url(), request.frame())) {
      await route.abort('aborted');
      return;
    }
    await fulfill(route);
  }

  #mayNavigate(url: string, frame: Frame): boolean {
    const isMainFrame = frame.parentFrame() === null;
    if (isMainFrame && url === this.#loading) return true;
    let allowed = true;
    const details = {
      url: fromChromium(url),
      isMainFrame,
      isSameDocument: false,
      preventDefault: () => {
        allowed = false;
      },
    };
    this.emit('will-frame-navigate', details);
    if (isMainFrame && allowed) this.emit('will-navigate', details, details.url);
    return allowed;
  }

  /** Chromium opens the window before it tells; `openPage` closes pages which nobody asked for here. */
  #windowAsked(url: string, frameName: string): void {
    const { action } = this.#openHandler?.({ url, frameName, disposition: 'foreground-tab' }) ?? {
      action: 'allow',
    };
    if (action !== 'deny') throw new Error('electron double: windows opened by pages are not covered');
  }

  #receive(message: ToMain): void {
    if (message.type === 'ipc') {
      const event = { sender: this, senderFrame: this.mainFrame, ports: [] };
      ipcMain.emit(message.channel, event, ...message.values);
    } else if (message.type === 'input') this.emit('input-event', {}, { type: message.input });
    else if (message.type === 'port-message') this.#ports.get(message.port)?.receive(message.data);
    else {
      const port = this.#ports.get(message.port);
      this.#ports.delete(message.port);
      port?.disconnect();
    }
  }

  #post(message: ToPage): void {
    if (this.#preloadContext === undefined) return;
    const call = {
      functionDeclaration: 'function (text) { foredeckDoubleReceive(text); }',
      executionContextId: this.#preloadContext,
      arguments: [{ value: wire.encode(message) }],
    };
    // The document may go away meanwhile; messages to it are lost then, in Electron as well.
    this.#cdp?.send('Runtime.callFunctionOn', call).catch(() => undefined);
  }

  #lend(id: string, port: MessagePortMain): void {
    const near = port.transferTo({
      deliver: (data) => this.#post({ type: 'port-message', port: id, data }),
      closed: () => {
        if (this.#ports.delete(id)) this.#post({ type: 'port-closed', port: id });
      },
    });
    this.#ports.set(id, near);
  }

  #dropPorts(): void {
    const ports = [...this.#ports.values()];
    this.#ports.clear();
    for (const port of ports) port.disconnect();
  }
}

/** Pages being made here; any other page is one that a page has opened. */
let expectedPages = 0;
let watching = false;

async function openPage(): Promise<Page> {
  const { context } = app.chromium;
  if (!watching) {
    watching = true;
    context.on('page', (page) => {
      if (expectedPages > 0) expectedPages -= 1;
      else void page.close().catch(() => undefined);
    });
  }
  expectedPages += 1;
  return await context.newPage();
}
