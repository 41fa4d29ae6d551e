import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';

/** Served types, by extension. A file of another type does not belong to the page and is not found. */
const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
};

export interface PageFile {
  readonly contentType: string;
  readonly body: Buffer;
  /** The name has a hash of the content in it, so it never changes. */
  readonly immutable: boolean;
}

/**
 * The file of the built page which `urlPath` (with its query) names; undefined when it names none below `folder`. An
 * asar archive is read like a folder.
 */
export async function readPageFile(folder: string, urlPath: string): Promise<PageFile | undefined> {
  const path = pathBelow(folder, urlPath);
  const contentType = path === undefined ? undefined : contentTypes[extname(path)];
  if (path === undefined || contentType === undefined) return undefined;
  try {
    return { contentType, body: await readFile(path), immutable: urlPath.startsWith('/assets/') };
  } catch {
    return undefined;
  }
}

function pathBelow(folder: string, urlPath: string): string | undefined {
  let asked: string;
  try {
    asked = decodeURIComponent(urlPath.replace(/[?#].*$/s, ''));
  } catch {
    return undefined;
  }
  // A decoded `%2e%2e%2f`, a backslash on Windows or a zero byte: refused rather than repaired.
  if (/[\0\\]/.test(asked)) return undefined;
  const path = normalize(join(folder, asked));
  return path.startsWith(normalize(folder + sep)) ? path : undefined;
}
