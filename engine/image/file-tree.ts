import { EngineError } from '../base/engine-error.ts';

/** Bytes of a file: in memory, or a part of a file on disk. */
export type Content =
  | { readonly bytes: Uint8Array }
  | { readonly poolPath: string; readonly offset: number; readonly sizeBytes: number };

interface NodeBase {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since the epoch. */
  readonly mtime: number;
}

/** What a path of the image is. */
export type TreeNode = NodeBase &
  (
    | { readonly type: 'directory' }
    | { readonly type: 'file'; readonly content: Content }
    | { readonly type: 'symlink'; readonly target: string }
    | { readonly type: 'hardlink'; readonly target: string }
    | { readonly type: 'char' | 'block'; readonly major: number; readonly minor: number }
    | { readonly type: 'fifo' }
  );

/** A path that two packages bring with different things in it. */
export interface Conflict {
  readonly path: string;
  readonly kept: string;
  readonly dropped: string;
}

/** Top-level folders which are links into `usr` (merged /usr); some packages still name files through them. */
const mergedFolders = /^(?:bin|sbin|lib|lib32|lib64|libx32)\//;

/**
 * The files of an image by path (without leading slash), with who brought them. A later owner replaces an earlier one's
 * file; between packages that is reported as a conflict.
 */
export class FileTree {
  readonly #nodes = new Map<string, { node: TreeNode; owner: string }>();
  readonly #conflicts: Conflict[] = [];

  get conflicts(): readonly Conflict[] {
    return this.#conflicts;
  }

  /** `expected` says that replacing is the purpose, as an overlay's is. */
  put(rawPath: string, node: TreeNode, owner: string, options: { expected?: boolean } = {}): void {
    const path = canonicalPath(rawPath);
    if (path === '') return;
    const known = this.#nodes.get(path);
    if (known) {
      if (known.node.type === 'directory' && node.type === 'directory') return;
      // A folder in the place of a link to a folder is the same folder, as dpkg has it.
      if (known.node.type === 'symlink' && node.type === 'directory') return;
      if (!options.expected) this.#conflicts.push({ path, kept: owner, dropped: known.owner });
    }
    const kept = node.type === 'hardlink' ? { ...node, target: canonicalPath(node.target) } : node;
    this.#nodes.set(path, { node: kept, owner });
  }

  get(path: string): TreeNode | undefined {
    return this.#nodes.get(path)?.node;
  }

  delete(path: string): void {
    this.#nodes.delete(path);
  }

  paths(): string[] {
    return [...this.#nodes.keys()];
  }

  /** The content of a regular file, through hard links. Throws `image_failed` when there is none. */
  content(path: string): Content {
    const node = this.get(path);
    if (node?.type === 'file') return node.content;
    if (node?.type === 'hardlink') return this.content(node.target);
    throw new EngineError({
      code: 'image_failed',
      message: `The image needs the file "/${path}", which no package brings.`,
      hint: 'Check "packages" and "exclude" of the template.',
    });
  }

  /**
   * Every path in order, parents before children, and of several names of one file the first with its content: a tar
   * must not name a hard link's target before it has seen it.
   */
  sorted(): { path: string; node: TreeNode }[] {
    const firstNames = new Map<string, string>();
    const paths = this.paths().sort();
    return paths.map((path) => {
      const node = this.#nodes.get(path)?.node;
      if (!node) throw new Error(`"${path}" vanished while being listed`);
      if (node.type !== 'file' && node.type !== 'hardlink') return { path, node };
      const file = this.#fileBehind(path);
      const firstName = firstNames.get(file.path);
      if (firstName !== undefined) {
        return { path, node: { ...file.node, type: 'hardlink' as const, target: firstName } };
      }
      firstNames.set(file.path, path);
      return { path, node: file.node };
    });
  }

  #fileBehind(path: string): { path: string; node: TreeNode & { type: 'file' } } {
    const node = this.get(path);
    if (node?.type === 'file') return { path, node };
    if (node?.type === 'hardlink') return this.#fileBehind(node.target);
    throw new EngineError({
      code: 'image_failed',
      message: `A hard link of the image points to "/${path}", which is not in it.`,
      hint: 'Check "exclude" of the template: a file with several names must be kept or left out under all of them.',
    });
  }
}

/** `./lib/x/` becomes `usr/lib/x`. */
export function canonicalPath(path: string): string {
  const plain = path
    .replace(/^(?:\.?\/)+/, '')
    .replace(/^\.$/, '')
    .replace(/\/+$/, '');
  return mergedFolders.test(plain) ? `usr/${plain}` : plain;
}
