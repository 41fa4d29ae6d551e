import { createHash } from 'node:crypto';
import { parseStanza } from '../engine/debian/control-file.ts';
import { readContent } from '../engine/image/content.ts';
import type { FileTree } from '../engine/image/file-tree.ts';
import type { UnpackedFile } from '../engine/image/unpack-deb.ts';
import type { ControlFiles } from './control-files.ts';

/** A package whose files are in the tree, and what it says to dpkg. */
export interface UnpackedPackage {
  readonly name: string;
  readonly files: readonly UnpackedFile[];
  readonly control: ControlFiles;
}

const folder = 'var/lib/dpkg';

/** Control files which dpkg keeps elsewhere or not at all. */
const notKept = new Set(['control', 'triggers']);

/**
 * Puts dpkg's database into the tree, as `dpkg --unpack` would leave it: every package unpacked and not configured yet.
 * One thing differs: configuration files lie in their own places already, with their checksums on record, so that
 * maintainer scripts which read them find them in any order. Source: dpkg(1), deb-triggers(5), dpkg's dbdir layout.
 */
export async function putDpkgDatabase(tree: FileTree, packages: readonly UnpackedPackage[]): Promise<void> {
  const stanzas: string[] = [];
  const fileTriggers: string[] = [];
  const namedTriggers = new Map<string, string[]>();
  for (const item of packages) {
    const fields = parseStanza(textOf(item.control, 'control'));
    // Several architectures of such a package can be installed together, so its files are told apart.
    const isShared = fields.get('multi-arch') === 'same';
    const key = isShared ? `${item.name}:${fields.get('architecture')}` : item.name;
    stanzas.push(await statusStanza(tree, item));
    put(tree, `info/${key}.list`, listOf(item.files));
    for (const [name, { content, mode }] of item.control) {
      if (notKept.has(name)) continue;
      put(tree, `info/${key}.${name}`, content, mode & 0o755);
    }
    if (item.control.has('triggers')) {
      const text = textOf(item.control, 'triggers');
      put(tree, `info/${key}.triggers`, text);
      for (const { trigger, line } of interests(text, key)) {
        if (trigger.startsWith('/')) fileTriggers.push(`${trigger} ${line}`);
        else namedTriggers.set(trigger, [...(namedTriggers.get(trigger) ?? []), line]);
      }
    }
  }
  put(tree, 'status', `${stanzas.join('\n\n')}\n`);
  put(tree, 'available', '');
  put(tree, 'diversions', '');
  put(tree, 'statoverride', '');
  put(tree, 'info/format', '1\n');
  put(tree, 'triggers/File', lines(fileTriggers));
  put(tree, 'triggers/Unincorp', '');
  for (const [trigger, packagesOf] of namedTriggers) put(tree, `triggers/${trigger}`, lines(packagesOf));
  for (const name of ['', '/alternatives', '/info', '/parts', '/triggers', '/updates']) {
    tree.put(folder + name, { type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: 0 }, 'dpkg');
  }
}

async function statusStanza(tree: FileTree, item: UnpackedPackage): Promise<string> {
  const [first = '', ...rest] = textOf(item.control, 'control').trim().split('\n');
  const conffiles = item.control.has('conffiles') ? await conffilesField(tree, item) : [];
  return [first, 'Status: install ok unpacked', ...conffiles, ...rest].join('\n');
}

async function conffilesField(tree: FileTree, item: UnpackedPackage): Promise<string[]> {
  const paths = textOf(item.control, 'conffiles')
    .split('\n')
    .map((line) => line.trim())
    // Others carry a flag, such as `remove-on-upgrade`, and are not part of the package.
    .filter((line) => line.startsWith('/'));
  const hashed = await Promise.all(
    paths.map(async (path) => {
      if (!tree.get(path.slice(1))) return [];
      const content = await readContent(tree.content(path.slice(1)));
      return [` ${path} ${createHash('md5').update(content).digest('hex')}`];
    }),
  );
  const found = hashed.flat();
  return found.length > 0 ? ['Conffiles:', ...found] : [];
}

/** `interest /usr/lib` in a package's `triggers`, as dpkg's own registers have it. */
function interests(text: string, key: string): { trigger: string; line: string }[] {
  return text.split('\n').flatMap((line) => {
    const [word, trigger] = line.trim().split(/\s+/);
    if (!trigger) return [];
    if (word === 'interest-noawait') return [{ trigger, line: `${key}/noawait` }];
    return word === 'interest' || word === 'interest-await' ? [{ trigger, line: key }] : [];
  });
}

function listOf(files: readonly UnpackedFile[]): string {
  return lines(['/.', ...files.map(({ path }) => `/${path}`)]);
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}

function textOf(control: ControlFiles, name: string): string {
  return control.get(name)?.content.toString('utf8') ?? '';
}

function put(tree: FileTree, name: string, content: Buffer | string, mode = 0o644): void {
  const bytes = Buffer.from(content);
  const node = { type: 'file', mode, uid: 0, gid: 0, mtime: 0, content: { bytes } } as const;
  tree.put(`${folder}/${name}`, node, 'dpkg', { expected: true });
}
