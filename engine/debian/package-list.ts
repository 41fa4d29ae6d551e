/** The fields a `DebianPackage` is made of; descriptions, tags and the like are three quarters of a list. */
const keptFields = [
  'Package',
  'Version',
  'Pre-Depends',
  'Depends',
  'Provides',
  'Filename',
  'Size',
  'SHA256',
].map((name) => Buffer.from(`${name}: `));

const newline = 0x0a;

/**
 * A package list reduced to the fields that are looked at. It works on bytes, in place: a list is 55 MB, and copies or
 * strings made of it would stay in the engine's memory long after.
 */
export async function readPackageList(chunks: AsyncIterable<Buffer>): Promise<string> {
  const kept = new GrowingBuffer();
  let unfinished = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const firstEnd = chunk.indexOf(newline) + 1;
    const lastEnd = chunk.lastIndexOf(newline) + 1;
    const head = Buffer.concat([unfinished, chunk.subarray(0, firstEnd)]);
    if (firstEnd > 0) keepFields(head, kept);
    keepFields(chunk.subarray(firstEnd, lastEnd), kept);
    const tail = Buffer.from(chunk.subarray(lastEnd));
    unfinished = firstEnd > 0 ? tail : Buffer.concat([unfinished, tail]);
  }
  keepFields(unfinished, kept);
  return kept.text();
}

/** Copies the wanted ones of some whole lines, and the blank ones between stanzas. */
function keepFields(lines: Buffer, kept: GrowingBuffer): void {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf(newline, at) + 1 || lines.length;
    if (end === at + 1 || keptFields.some((field) => beginsWith(lines, at, field))) {
      kept.append(lines, at, end);
    }
    at = end;
  }
}

class GrowingBuffer {
  #bytes = Buffer.allocUnsafe(1 << 20);
  #length = 0;

  append(source: Buffer, start: number, end: number): void {
    if (this.#length + end - start > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(2 * (this.#length + end - start));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length += source.copy(this.#bytes, this.#length, start, end);
  }

  /** The kept fields are ASCII: one byte a character takes half the memory of text with others in it. */
  text(): string {
    return this.#bytes.toString('latin1', 0, this.#length);
  }
}

function beginsWith(bytes: Buffer, at: number, prefix: Buffer): boolean {
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[at + index] !== prefix[index]) return false;
  }
  return true;
}
