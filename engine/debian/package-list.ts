/** The fields a `DebianPackage` is made of; descriptions, tags and the like are half of a list. */
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

const packageField = Buffer.from('Package: ');
const providesField = Buffer.from('Provides: ');

const newline = 0x0a;
const space = 0x20;
const comma = 0x2c;

/** Only address space is set aside for this much: of main, the largest component, 30 MB are kept. */
const maxKeptBytes = 1 << 28;

/** By so much the memory for kept bytes grows. */
const growthBytes = 1 << 20;

/**
 * One `Packages` file, reduced to the fields that are looked at. Main is 55 MB with 70,000 stanzas of which an image
 * needs a hundred, so a list stays bytes outside the heap, found by hashes of names: strings and objects made of it
 * would enlarge the engine for the rest of its life. `close` gives the bytes back at once.
 */
export class PackageList {
  readonly #memory = new ArrayBuffer(growthBytes, { maxByteLength: maxKeptBytes });
  readonly #bytes = new Uint8Array(this.#memory);
  #length = 0;
  #stanzaStart = 0;
  readonly #named = new HashedNumbers();
  readonly #providing = new HashedNumbers();

  private constructor() {}

  static async read(chunks: AsyncIterable<Buffer>): Promise<PackageList> {
    const list = new PackageList();
    let unfinished = Buffer.alloc(0);
    for await (const chunk of chunks) {
      const firstEnd = chunk.indexOf(newline) + 1;
      const lastEnd = chunk.lastIndexOf(newline) + 1;
      const head = Buffer.concat([unfinished, chunk.subarray(0, firstEnd)]);
      if (firstEnd > 0) list.#keepFields(head);
      list.#keepFields(chunk.subarray(firstEnd, lastEnd));
      const tail = Buffer.from(chunk.subarray(lastEnd));
      unfinished = firstEnd > 0 ? tail : Buffer.concat([unfinished, tail]);
    }
    list.#keepFields(unfinished);
    return list;
  }

  /** The kept lines of each package called `name`, and perhaps of some whose names have the same hash. */
  named(name: string): string[] {
    return this.#named.get(hashOfName(Buffer.from(name), 0)).map((start) => this.#stanza(start));
  }

  /** The same for packages which provide `name`. */
  providing(name: string): string[] {
    return this.#providing.get(hashOfName(Buffer.from(name), 0)).map((start) => this.#stanza(start));
  }

  close(): void {
    this.#memory.resize(0);
  }

  #stanza(start: number): string {
    const bytes = Buffer.from(this.#memory, 0, this.#length);
    const end = bytes.indexOf('\n\n', start);
    return bytes.toString('latin1', start, end < 0 ? undefined : end);
  }

  /** Keeps the wanted ones of some whole lines, and the blank ones between stanzas. */
  #keepFields(lines: Buffer): void {
    for (let at = 0; at < lines.length; ) {
      const end = lines.indexOf(newline, at) + 1 || lines.length;
      const isBlank = end === at + 1;
      if (isBlank || keptFields.some((field) => beginsWith(lines, at, field))) {
        this.#fileNames(lines, at, end);
        this.#append(lines, at, end);
        if (isBlank) this.#stanzaStart = this.#length;
      }
      at = end;
    }
  }

  #fileNames(lines: Buffer, at: number, end: number): void {
    if (beginsWith(lines, at, packageField)) {
      this.#named.add(hashOfName(lines, at + packageField.length), this.#stanzaStart);
    }
    if (!beginsWith(lines, at, providesField)) return;
    for (let nameAt = at + providesField.length; nameAt < end; ) {
      while (lines[nameAt] === space) nameAt += 1;
      this.#providing.add(hashOfName(lines, nameAt), this.#stanzaStart);
      nameAt = lines.indexOf(comma, nameAt) + 1 || end;
    }
  }

  #append(source: Buffer, start: number, end: number): void {
    const length = this.#length + end - start;
    if (length > this.#memory.byteLength) {
      this.#memory.resize(Math.ceil(length / growthBytes) * growthBytes);
    }
    this.#length += source.copy(this.#bytes, this.#length, start, end);
  }
}

/** Numbers filed under hashes: chains in plain arrays, which take a tenth of what a map of strings does. */
class HashedNumbers {
  /** Index of each chain's latest entry, plus one. */
  readonly #latest = new Uint32Array(1 << 16);
  readonly #previous: number[] = [];
  readonly #values: number[] = [];

  add(hash: number, value: number): void {
    const chain = hash % this.#latest.length;
    this.#values.push(value);
    this.#previous.push(this.#latest[chain] ?? 0);
    this.#latest[chain] = this.#values.length;
  }

  /** In the order they were added. */
  get(hash: number): number[] {
    const found: number[] = [];
    let entry = this.#latest[hash % this.#latest.length] ?? 0;
    while (entry > 0) {
      found.push(this.#values[entry - 1] ?? 0);
      entry = this.#previous[entry - 1] ?? 0;
    }
    return found.reverse();
  }
}

/** FNV-1a of the package name which begins at `at`. */
function hashOfName(bytes: Buffer, at: number): number {
  let hash = 0x811c9dc5;
  for (let index = at; isNameByte(bytes[index]); index += 1) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/** Lower-case letters, digits, `+`, `-` and `.`. Source: Debian Policy 5.6.1. */
function isNameByte(byte: number | undefined): boolean {
  if (byte === undefined) return false;
  const isLetter = byte >= 0x61 && byte <= 0x7a;
  const isDigit = byte >= 0x30 && byte <= 0x39;
  return isLetter || isDigit || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}

function beginsWith(bytes: Buffer, at: number, prefix: Buffer): boolean {
  for (let index = 0; index < prefix.length; index += 1) {
    if (bytes[at + index] !== prefix[index]) return false;
  }
  return true;
}
