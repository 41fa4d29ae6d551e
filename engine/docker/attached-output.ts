import { StringDecoder } from 'node:string_decoder';

/** Of each frame: the stream's number, three zeros, the length. Docker Engine API 1.45, "Attach to a container". */
const headerBytes = 8;
const lengthOffset = 4;

/** A line longer than this is cut into pieces: the writer may be hostile. */
const longestLineChars = 4_096;

/** What one of a container's streams (1 output, 2 errors) says, out of the frames of an attached container. */
export async function* framesOf(
  stream: AsyncIterable<Buffer>,
  wanted: 1 | 2,
): AsyncGenerator<Buffer, void, undefined> {
  let header = Buffer.alloc(0);
  let leftBytes = 0;
  let kind = 0;
  for await (const chunk of stream) {
    let rest = chunk;
    while (rest.length > 0) {
      if (leftBytes > 0) {
        const piece = rest.subarray(0, leftBytes);
        rest = rest.subarray(piece.length);
        leftBytes -= piece.length;
        if (kind === wanted) yield piece;
        continue;
      }
      const missing = rest.subarray(0, headerBytes - header.length);
      rest = rest.subarray(missing.length);
      header = Buffer.concat([header, missing]);
      if (header.length < headerBytes) continue;
      kind = header[0] ?? 0;
      leftBytes = header.readUInt32BE(lengthOffset);
      header = Buffer.alloc(0);
    }
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
