import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { appOrigin } from './app-origin.ts';

/** Served types, by extension. A file of another type does not belong to the page and is not found. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

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
    const path = pathBelow(folder, request.url);
    const contentType = path === undefined ? undefined : contentTypes[extname(path)];
    if (path === undefined || contentType === undefined) return answer(404, 'There is no such file.');
    try {
      const bytes = await readFile(path);
      return new Response(bytes, { headers: { ...headers, 'content-type': contentType } });
    } catch {
      return answer(404, 'There is no such file.');
    }
  };
}

/** The file which `url` names, or undefined when it names none below `folder`. */
function pathBelow(folder: string, url: string): string | undefined {
  const root = `${appOrigin}/`;
  if (!url.startsWith(root)) return undefined;
  let asked: string;
  try {
    asked = decodeURIComponent(url.slice(root.length).replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
  // A decoded `%2e%2e%2f`, a backslash on Windows or a zero byte: refused rather than repaired.
  if (/[\0\\]/.test(asked)) return undefined;
  const path = normalize(join(folder, asked));
  return path.startsWith(normalize(folder + sep)) ? path : undefined;
}

function answer(status: number, text: string): Response {
  return new Response(text, { status, headers: { ...headers, 'content-type': 'text/plain; charset=utf-8' } });
}
