import { readPageFile } from '../engine/client/page-files.ts';
import { appOrigin } from './app-origin.ts';

/**
 * Scripts from the page's own files only, and no connection to anywhere: the engine is reached over ports. Styles
 * may be inline because xterm.js and the toasts write style elements of their own.
 */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': contentSecurityPolicy,
  'cross-origin-opener-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  // A new version of the program has new files under the same origin.
  'cache-control': 'no-cache',
};

/**
 * Answers requests of the window with the files of `folder` (inside an asar archive when packaged; Electron's `fs`
 * reads both). Never rejects: what is not there, or not below `folder`, is 404.
 */
export function servePageFiles(folder: string): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== 'GET') return answer(405, 'Only GET is answered here.');
    const root = `${appOrigin}/`;
    const file = request.url.startsWith(root)
      ? await readPageFile(folder, request.url.slice(root.length - 1))
      : undefined;
    if (!file) return answer(404, 'There is no such file.');
    return new Response(new Uint8Array(file.body), {
      headers: { ...headers, 'content-type': file.contentType },
    });
  };
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
