import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Content } from './file-tree.ts';

export function contentSizeBytes(content: Content): number {
  return 'bytes' in content ? content.bytes.length : content.sizeBytes;
}

export async function readContent(content: Content): Promise<Buffer> {
  if ('bytes' in content) return Buffer.from(content.bytes);
  const file = await open(content.poolPath, 'r');
  try {
    const { buffer } = await file.read(Buffer.alloc(content.sizeBytes), 0, content.sizeBytes, content.offset);
    return buffer;
  } finally {
    await file.close();
  }
}

/** Large contents as a stream, so that a 100 MB program is never in memory whole. */
export function streamContent(content: Content): Readable {
  if ('bytes' in content) return Readable.from([Buffer.from(content.bytes)]);
  if (content.sizeBytes === 0) return Readable.from([]);
  return createReadStream(content.poolPath, {
    start: content.offset,
    end: content.offset + content.sizeBytes - 1,
  });
}
