import type { Page } from '@playwright/test';
import { connected } from './page-words.ts';
import type { Shell } from './shell.ts';
import { expect, test } from './shell-test.ts';

/** Keeps what would have been opened in the person's browser, for `opened` to read. */
async function catchLinks(shell: Shell): Promise<void> {
  await shell.evaluate(({ shell: desktop }) => {
    const opened: string[] = [];
    Object.assign(globalThis, { opened });
    desktop.openExternal = async (url) => {
      opened.push(url);
    };
  }, null);
}

function opened(shell: Shell): Promise<unknown> {
  return shell.evaluate(() => (globalThis as unknown as { opened: string[] }).opened, null);
}

/** A link as content might bring it, above everything else so that it can be clicked. */
async function addLink(page: Page, href: string, target: string): Promise<void> {
  await page.evaluate(
    ([href, target]) => {
      const link = document.createElement('a');
      Object.assign(link, { href, target, textContent: 'outward link' });
      Object.assign(link.style, {
        position: 'fixed',
        inset: '0 auto auto 0',
        zIndex: '9999',
        background: 'white',
      });
      document.body.append(link);
    },
    [href, target] as const,
  );
}

test('scripts come from the page’s own files only', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const page = await (await launch()).firstWindow();
  await expect(connected(page)).toBeVisible();
  const found = await page.evaluate(async () => {
    const violated = new Set<string>();
    const bothRefused = new Promise<void>((done) => {
      addEventListener('securitypolicyviolation', (event) => {
        violated.add(event.effectiveDirective);
        if (violated.has('script-src-elem') && violated.has('connect-src')) done();
      });
    });
    const inline = document.createElement('script');
    inline.textContent = 'window.inlineScriptRan = true';
    document.body.append(inline);
    const fetched = await fetch('https://example.com/').then(
      () => 'answered',
      () => 'refused',
    );
    await bothRefused;
    return { ran: 'inlineScriptRan' in window, fetched };
  });
  expect(found).toEqual({ ran: false, fetched: 'refused' });
});

test('the page stays: navigation away is refused', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  const before = page.url();
  // The window tells main what it is asked to show; the answer is what counts.
  await shell.evaluate(({ BrowserWindow }) => {
    const asked: unknown[] = [];
    Object.assign(globalThis, { asked });
    BrowserWindow.getAllWindows()[0]?.webContents.on('will-frame-navigate', ({ url }) => {
      asked.push(url);
    });
  }, null);
  await addLink(page, 'https://example.com/elsewhere', '_self');
  await page.getByRole('link', { name: 'outward link' }).click();
  await expect
    .poll(() => shell.evaluate(() => (globalThis as unknown as { asked: string[] }).asked, null))
    .toEqual(['https://example.com/elsewhere']);
  expect(page.url()).toBe(before);
  await expect(connected(page)).toBeVisible();
});

test('a click opens a web link in the browser, once; a script opens nothing', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await catchLinks(shell);

  await page.evaluate(() => void window.open('https://example.com/by-script'));
  await addLink(page, 'https://example.com/by-click', '_blank');
  await page.getByRole('link', { name: 'outward link' }).click();
  await page.evaluate(() => void window.open('https://example.com/behind-the-click'));
  await expect.poll(() => opened(shell)).toEqual(['https://example.com/by-click']);

  await page.evaluate(() => document.querySelector('a[target=_blank]')?.remove());
  await addLink(page, 'ssh://example.com/', '_blank');
  await page.getByRole('link', { name: 'outward link' }).click();
  await expect(connected(page)).toBeVisible();
  expect(await opened(shell)).toEqual(['https://example.com/by-click']);
  expect(await shell.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows().length, null)).toBe(1);
  await expect.poll(() => shell.windows().length).toBe(1);
});

test('the page gets no device, and may write to the clipboard', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const page = await (await launch()).firstWindow();
  await expect(connected(page)).toBeVisible();
  const states = await page.evaluate(async () => {
    const names = ['geolocation', 'notifications', 'clipboard-read', 'clipboard-write'] as PermissionName[];
    return await Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
  });
  expect(states).toEqual(['denied', 'denied', 'denied', 'granted']);
});

test('the page may save what it has put together, and nothing else', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await shell.evaluate(({ session }) => {
    const asked: [string, boolean][] = [];
    Object.assign(globalThis, { asked });
    session.defaultSession.on('will-download', (event, item) => {
      // Neither is written anywhere: what counts is what the program has said before.
      asked.push([new URL(item.getURL()).protocol, event.defaultPrevented]);
      event.preventDefault();
    });
  }, null);
  const save = (make: 'blob' | 'data'): Promise<void> =>
    page.evaluate((kind) => {
      const link = document.createElement('a');
      link.href = kind === 'blob' ? URL.createObjectURL(new Blob(['log'])) : 'data:text/plain,log';
      link.download = 'log.txt';
      link.click();
    }, make);
  const asked = (): Promise<unknown> =>
    shell.evaluate(() => (globalThis as unknown as { asked: unknown }).asked, null);
  await save('blob');
  await expect.poll(asked).toEqual([['blob:', false]]);
  await save('data');
  await expect.poll(asked).toEqual([
    ['blob:', false],
    ['data:', true],
  ]);
});

test('files outside of the page are not served', async ({ engine, launch }) => {
  expect(engine.pid).toBeGreaterThan(0);
  const shell = await launch();
  const page = await shell.firstWindow();
  await expect(connected(page)).toBeVisible();
  await shell.evaluate(async ({ BrowserWindow }) => {
    await BrowserWindow.getAllWindows()[0]?.webContents.loadURL('foredeck-app://ui/..%2fmain%2fmain.js');
  }, null);
  await expect(page.locator('body')).toHaveText('There is no such file.');
});
