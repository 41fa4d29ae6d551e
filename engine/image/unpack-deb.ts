import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { EngineError } from '../base/engine-error.ts';
import { openDebData } from '../debian/deb.ts';
import { canonicalPath, type TreeNode } from './file-tree.ts';

export interface UnpackedFile {
  readonly path: string;
  readonly node: TreeNode;
}

/** Packages hold thousands of small files: they are written in pieces of the size that large ones come in. */
const writeBufferBytes = 1 << 16;

/**
 * Reads the files of a .deb: the contents go, one behind the other, into the new file `poolPath`; names, owners, modes
 * and links are returned. Nothing is made under its own name, so any owner and any device node is possible without
 * being root.
 */
export async function unpackDeb(options: {
  debPath: string;
  poolPath: string;
  wanted: (path: string) => boolean;
  signal: AbortSignal;
}): Promise<UnpackedFile[]> {
  const files: UnpackedFile[] = [];
  const pool = await open(options.poolPath, 'wx', 0o600);
  try {
    const writer = new PoolWriter(pool);
    const entries = extract();
    const feeding = pipeline(await openDebData(options.debPath, options.signal), entries, {
      signal: options.signal,
    });
    // Awaited below; the loop fails first when the stream breaks.
    feeding.catch(() => undefined);
    for await (const entry of entries) {
      const { header } = entry;
      const path = canonicalPath(header.name);
      const isWanted = path !== '' && options.wanted(path);
      const offset = writer.offset;
      for await (const chunk of entry) {
        if (isWanted) await writer.write(chunk as Buffer);
      }
      if (!isWanted) continue;
      const content = { poolPath: options.poolPath, offset, sizeBytes: writer.offset - offset };
      files.push({ path, node: toNode(header, content, options.debPath) });
    }
    await feeding;
    await writer.flush();
    return files;
  } finally {
    await pool.close();
  }
}

/** Gathers small files into large writes. */
class PoolWriter {
  readonly #file: FileHandle;
  #chunks: Buffer[] = [];
  #bufferedBytes = 0;
  offset = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async write(chunk: Buffer): Promise<void> {
    this.#chunks.push(chunk);
    this.#bufferedBytes += chunk.length;
    this.offset += chunk.length;
    if (this.#bufferedBytes >= writeBufferBytes) await this.flush();
  }

  async flush(): Promise<void> {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#bufferedBytes = 0;
    if (chunks.length > 0) await this.#file.appendFile(Buffer.concat(chunks));
  }
}

function toNode(
  header: Header,
  content: { poolPath: string; offset: number; sizeBytes: number },
  debPath: string,
): TreeNode {
  const base = {
    mode: header.mode,
    uid: header.uid,
    gid: header.gid,
    mtime: Math.floor(header.mtime.getTime() / 1_000),
  };
  switch (header.type) {
    case 'file':
    case 'contiguous-file':
      return { ...base, type: 'file', content };
    case 'directory':
      return { ...base, type: 'directory' };
    case 'symlink':
      return { ...base, type: 'symlink', target: header.linkname };
    case 'link':
      return { ...base, type: 'hardlink', target: header.linkname };
    case 'character-device':
    case 'block-device':
      return {
        ...base,
        type: header.type === 'block-device' ? 'block' : 'char',
        major: header.devmajor,
        minor: header.devminor,
      };
    case 'fifo':
      return { ...base, type: 'fifo' };
    default:
      throw new EngineError({
        code: 'package_corrupt',
        message: `Package "${debPath}" holds "${header.name}" of an unknown kind (${header.type}).`,
      });
  }
}
