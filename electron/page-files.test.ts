import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTempFolder } from '../engine/testing/temp-folder.ts';
import { servePageFiles } from './page-files.ts';

/** Answers for a folder holding `page/index.html` and `page/assets/a.js`, beside a `secret.js` outside of `page`. */
async function asking(
  url: string,
  method = 'GET',
): Promise<{ status: number; text: string; type: string | null }> {
  return await withTempFolder(async (folder) => {
    const page = join(folder, 'page');
    await mkdir(join(page, 'assets'), { recursive: true });
    await writeFile(join(page, 'index.html'), '<p>here</p>');
    await writeFile(join(page, 'assets', 'a.js'), 'a()');
    await writeFile(join(page, 'notes.txt'), 'not part of the page');
    await writeFile(join(folder, 'secret.js'), 'secret');
    await mkdir(join(folder, 'page-two'));
    await writeFile(join(folder, 'page-two', 'b.js'), 'a neighbour');
    const response = await servePageFiles(page)(askedFor(url, method));
    return {
      status: response.status,
      text: await response.text(),
      type: response.headers.get('content-type'),
    };
  });
}

/** `Request` tidies its URL; what Electron passes on may not have been, so it is set as it stands. */
function askedFor(url: string, method: string): Request {
  const request = new Request('foredeck-app://ui/', { method });
  return Object.defineProperty(request, 'url', { value: url });
}

describe('servePageFiles', () => {
  it('serves files with their type, whatever stands behind the question mark', async () => {
    expect(await asking('foredeck-app://ui/index.html')).toEqual({
      status: 200,
      text: '<p>here</p>',
      type: 'text/html; charset=utf-8',
    });
    expect(await asking('foredeck-app://ui/assets/a.js?v=1#x')).toMatchObject({ status: 200, text: 'a()' });
  });

  it.each([
    'foredeck-app://ui/../secret.js',
    'foredeck-app://ui/%2e%2e/secret.js',
    'foredeck-app://ui/assets/..%2f..%2fsecret.js',
    'foredeck-app://ui/..%5csecret.js',
    'foredeck-app://ui/../page-two/b.js',
    'foredeck-app://ui//etc/hostname.js',
    'foredeck-app://ui/index.html%00.js',
    'foredeck-app://ui/%zz',
    'foredeck-app://ui/notes.txt',
    'foredeck-app://ui/',
    'foredeck-app://other/index.html',
    'https://ui/index.html',
  ])('does not find %s', async (url) => {
    const { status, text } = await asking(url);
    expect(status).toBe(404);
    expect(text).toBe('There is no such file.');
  });

  it('answers GET only, and every answer carries the policy', async () => {
    expect((await asking('foredeck-app://ui/index.html', 'POST')).status).toBe(405);
    const response = await servePageFiles('/nowhere')(new Request('foredeck-app://ui/index.html'));
    expect(response.status).toBe(404);
    expect(response.headers.get('content-security-policy')).toContain(
      "default-src 'none'; script-src 'self'",
    );
  });
});
