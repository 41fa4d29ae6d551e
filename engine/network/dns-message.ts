import { isIPv4 } from 'node:net';

/** Record types and codes of RFC 1035 (3.2.2, 4.1.1) and RFC 3596. */
export const recordTypes = { a: 1, aaaa: 28 } as const;
export const responseCodes = { none: 0, serverFailure: 2, noSuchName: 3 } as const;

const headerBytes = 12;
const internetClass = 1;
const longestNameBytes = 255;

/** What a message asks. */
export interface Question {
  /** Lower case, without the closing dot; empty for the root. */
  readonly name: string;
  readonly type: number;
  /** Class IN, as good as always. */
  readonly internet: boolean;
  /** Where the question ends in the message. */
  readonly end: number;
}

/** Null for what is no single question of RFC 1035 (section 4.1): nothing is answered to that. */
export function readQuestion(message: Buffer): Question | null {
  if (message.length < headerBytes) return null;
  const flags = message.readUInt16BE(2);
  const isPlainQuery = (flags & 0xf800) === 0;
  if (!isPlainQuery || message.readUInt16BE(4) !== 1) return null;
  const labels: string[] = [];
  let at = headerBytes;
  for (;;) {
    const length = message[at];
    // A pointer, which a question has nothing to point at with, or the end.
    if (length === undefined || length > 63) return null;
    at += 1;
    if (length === 0) break;
    labels.push(message.toString('latin1', at, at + length));
    at += length;
    if (at - headerBytes > longestNameBytes) return null;
  }
  if (at + 4 > message.length) return null;
  return {
    name: labels.join('.').toLowerCase(),
    type: message.readUInt16BE(at),
    internet: message.readUInt16BE(at + 2) === internetClass,
    end: at + 4,
  };
}

/** Any computer's host name, and names with underscores, which services have; others are no question for a host. */
export function isHostName(name: string): boolean {
  return /^[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_-]{1,63})*$/.test(name);
}

export interface Answer {
  readonly code: number;
  readonly addresses: readonly string[];
  readonly ttlSeconds: number;
}

/**
 * The answer to `query`, whose only question is `question`: one record for each address, of the question's own type. What
 * does not fit into `longestBytes` is left out, and the answer says that it was cut.
 */
export function writeAnswer(
  query: Buffer,
  question: Question,
  { code, addresses, ttlSeconds }: Answer,
  longestBytes: number,
): Buffer {
  const records = addresses.map((address) => writeRecord(question.type, address, ttlSeconds));
  const kept: Buffer[] = [];
  let length = question.end;
  for (const record of records) {
    if (length + record.length > longestBytes) break;
    kept.push(record);
    length += record.length;
  }
  const head = Buffer.from(query.subarray(0, question.end));
  const recursionDesired = head.readUInt16BE(2) & 0x0100;
  const cut = kept.length < records.length ? 0x0200 : 0;
  const isAnswer = 0x8000;
  const recursionAvailable = 0x0080;
  head.writeUInt16BE(isAnswer | recursionDesired | recursionAvailable | cut | code, 2);
  head.writeUInt16BE(kept.length, 6);
  // No authorities, nothing additional: what the query had there stays behind.
  head.writeUInt32BE(0, 8);
  return Buffer.concat([head, ...kept]);
}

function writeRecord(type: number, address: string, ttlSeconds: number): Buffer {
  const data = isIPv4(address) ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const fixed = Buffer.alloc(12);
  // The question's name stands right behind the header.
  fixed.writeUInt16BE(0xc000 | headerBytes, 0);
  fixed.writeUInt16BE(type, 2);
  fixed.writeUInt16BE(internetClass, 4);
  fixed.writeUInt32BE(ttlSeconds, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}

/** Of an address as getaddrinfo writes it (RFC 4291, section 2.2), zone left out. */
function ipv6Bytes(text: string): Buffer {
  const [address = ''] = text.split('%');
  const dotted = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(address);
  const hex = dotted
    ? `${dotted[1]}${((Number(dotted[2]) << 8) | Number(dotted[3])).toString(16)}:${((Number(dotted[4]) << 8) | Number(dotted[5])).toString(16)}`
    : address;
  const [before = '', after] = hex.split('::');
  const groups = (part: string): number[] =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const first = groups(before);
  const last = after === undefined ? [] : groups(after);
  const all = [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last];
  const bytes = Buffer.alloc(16);
  all.forEach((group, index) => {
    bytes.writeUInt16BE(group, index * 2);
  });
  return bytes;
}
