import { StringDecoder } from 'node:string_decoder';

/** Of each frame: the stream's number, three zeros, the length. Docker Engine API 1.45, "Attach to a container". */
const headerBytes = 8;
const lengthOffset = 4;

/** A line longer than this is cut into pieces: the writer may be hostile. */
const longestLineChars = 4_096;

/** A piece of what a container wrote to one of its streams: 1 output, 2 errors. */
export interface FramePiece {
  readonly kind: number;
  readonly bytes: Buffer;
  /** The first piece of its frame. */
  readonly begins: boolean;
}

/** Takes the output of an attached container apart, however its bytes arrive. */
export class FrameReader {
  #header = Buffer.alloc(0);
  #leftBytes = 0;
  #kind = 0;
  #begins = false;

  *push(chunk: Buffer): Generator<FramePiece, void, undefined> {
    let rest = chunk;
    while (rest.length > 0) {
      if (this.#leftBytes > 0) {
        const bytes = rest.subarray(0, this.#leftBytes);
        rest = rest.subarray(bytes.length);
        this.#leftBytes -= bytes.length;
        yield { kind: this.#kind, bytes, begins: this.#begins };
        this.#begins = false;
        continue;
      }
      const missing = rest.subarray(0, headerBytes - this.#header.length);
      rest = rest.subarray(missing.length);
      this.#header = Buffer.concat([this.#header, missing]);
      if (this.#header.length < headerBytes) continue;
      this.#kind = this.#header[0] ?? 0;
      this.#leftBytes = this.#header.readUInt32BE(lengthOffset);
      this.#begins = true;
      this.#header = Buffer.alloc(0);
    }
  }
}

/** What one of a container's streams (1 output, 2 errors) says, out of the frames of an attached container. */
export async function* framesOf(
  stream: AsyncIterable<Buffer>,
  wanted: 1 | 2,
): AsyncGenerator<Buffer, void, undefined> {
  const reader = new FrameReader();
  for await (const chunk of stream) {
    for (const { kind, bytes } of reader.push(chunk)) if (kind === wanted) yield bytes;
  }
}

/** Lines without their ends, the unfinished last one included. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<string, void, undefined> {
  const decoder = new StringDecoder('utf8');
  let pending = '';
  for await (const chunk of chunks) {
    const lines = (pending + decoder.write(chunk)).split(/\r*\n/);
    pending = lines.pop() ?? '';
    yield* lines.map((line) => line.slice(0, longestLineChars));
    if (pending.length <= longestLineChars) continue;
    yield pending.slice(0, longestLineChars);
    pending = '';
  }
  if (pending !== '') yield pending;
}
