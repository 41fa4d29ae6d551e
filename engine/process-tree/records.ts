/**
 * The records of one answer of the sampler, each a list of fields; sampler-script.ts says how they are packed. Throws
 * RangeError when it is cut short.
 */
export function* records(body: Buffer): Generator<Buffer[]> {
  let at = 0;
  while (at < body.length) {
    const fields: Buffer[] = [];
    const count = body.readUInt16BE(at);
    at += 2;
    for (let index = 0; index < count; index += 1) {
      const bytes = body.readUInt32BE(at);
      at += 4;
      if (at + bytes > body.length) throw new RangeError('a sample of /proc is cut short');
      fields.push(body.subarray(at, at + bytes));
      at += bytes;
    }
    yield fields;
  }
}
