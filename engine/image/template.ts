import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { EmulatorSources, VmTemplate } from '../../contract/template.ts';
import { EngineError } from '../base/engine-error.ts';

/** A file of a template's `guest/` folder. Modes follow content, so that they survive any way of copying the folder. */
export interface OverlayFile {
  /** Below `guest/`, such as `root/etc/hostname`. */
  readonly path: string;
  readonly content: { readonly bytes: Buffer } | { readonly linksTo: string };
}

export interface LoadedTemplate {
  readonly template: VmTemplate;
  readonly overlay: readonly OverlayFile[];
  /** SHA-256 of everything that images are made of. */
  readonly hash: string;
}

/** Reads `template.yaml` and `guest/` of a template. Throws `template_invalid` with file and line. */
export async function loadTemplate(folder: string): Promise<LoadedTemplate> {
  const path = join(folder, 'template.yaml');
  const text = await readText(path);
  const template = parseTemplate(text, path);
  const overlay = await readOverlay(join(folder, 'guest'));
  const hash = createHash('sha256').update(text);
  for (const file of overlay) {
    hash.update(`\0${file.path}\0`);
    hash.update('bytes' in file.content ? file.content.bytes : `-> ${file.content.linksTo}`);
  }
  return { template, overlay, hash: hash.digest('hex') };
}

/** Reads a template's `emulators.yaml`. Throws `template_invalid` with file and line. */
export async function loadEmulatorSources(folder: string): Promise<EmulatorSources> {
  const path = join(folder, 'emulators.yaml');
  return parseDocumentAs(EmulatorSources, await readText(path), path);
}

/** Throws `template_invalid` naming `path` and the line of the first mistake. */
export function parseTemplate(text: string, path: string): VmTemplate {
  return parseDocumentAs(VmTemplate, text, path);
}

async function readText(path: string): Promise<string> {
  return await readFile(path, 'utf8').catch((thrown: unknown) => {
    throw invalid(`Cannot read "${path}"`, thrown instanceof Error ? thrown.message : String(thrown));
  });
}

function parseDocumentAs<T>(schema: z.ZodType<T>, text: string, path: string): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const syntax = document.errors[0];
  if (syntax)
    throw invalid(`${path}:${lines.linePos(syntax.pos[0]).line}`, syntax.message.split('\n')[0] ?? '');
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (!issue) throw invalid(path, 'it is not a template');
  const unknownKey = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const where = issue.path.map(String);
  const offset = offsetOf(document, where, unknownKey);
  const reason =
    unknownKey === undefined
      ? `${where.join('.') || 'the document'}: ${issue.message}`
      : `unknown key "${[...where, unknownKey].join('.')}"`;
  throw invalid(`${path}:${lines.linePos(offset).line}`, reason);
}

/** Where the value at `path` begins, or key `key` of the mapping there; for what is missing, where its parent begins. */
function offsetOf(document: Document, path: readonly string[], key: string | undefined): number {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const steps = path.slice(0, depth).map((step) => (/^\d+$/.test(step) ? Number(step) : step));
    const node = depth === 0 ? document.contents : document.getIn(steps, true);
    if (!isNode(node)) continue;
    if (key !== undefined && isMap(node)) {
      const pair = node.items.find((item) => isNode(item.key) && String(item.key) === key);
      if (pair && isNode(pair.key)) return pair.key.range?.[0] ?? 0;
    }
    return node.range?.[0] ?? 0;
  }
  return 0;
}

function invalid(where: string, why: string): EngineError {
  return new EngineError({
    code: 'template_invalid',
    message: `${where}: ${why}.`,
    hint: 'contract/template.ts says what a template may contain.',
  });
}

async function readOverlay(folder: string, below = ''): Promise<OverlayFile[]> {
  const names = (await readdir(join(folder, below))).sort();
  const files = await Promise.all(
    names.map(async (name): Promise<OverlayFile[]> => {
      const path = below === '' ? name : `${below}/${name}`;
      const full = join(folder, path);
      const info = await lstat(full);
      if (info.isDirectory()) return await readOverlay(folder, path);
      if (info.isSymbolicLink()) return [{ path, content: { linksTo: await readlink(full) } }];
      return [{ path, content: { bytes: await readFile(full) } }];
    }),
  );
  return files.flat();
}
