/** A key of a module index (a module's name, an alias pattern) and what it stands for. */
export interface IndexEntry {
  readonly key: string;
  readonly value: string;
}

const magic = 0xb007f457;
const version = 0x0002_0001;
const flagPrefix = 0x8000_0000;
const flagValues = 0x4000_0000;
const flagChildren = 0x2000_0000;

interface TrieNode {
  prefix: string;
  readonly values: { readonly value: string; readonly priority: number }[];
  readonly children: Map<number, TrieNode>;
}

/**
 * A `modules.*.bin` file as depmod writes it and libkmod maps it: a trie with compressed paths, big-endian, nodes
 * referred to by their offset with flags in the high bits. Source: libkmod/libkmod-index.h of kmod.
 */
export function buildModuleIndex(entries: readonly IndexEntry[]): Buffer {
  const root: TrieNode = { prefix: '', values: [], children: new Map() };
  entries.forEach((entry, priority) => {
    insert(root, entry.key, { value: entry.value, priority });
  });
  const parts: Buffer[] = [Buffer.alloc(12)];
  let offset = 12;
  const append = (part: Buffer): void => {
    parts.push(part);
    offset += part.length;
  };
  /** Children first, since a node holds their offsets; returns the node's own. */
  const write = (node: TrieNode): number => {
    const codes = [...node.children.keys()];
    const first = Math.min(...codes);
    const last = Math.max(...codes);
    const childOffsets = new Map([...node.children].map(([code, child]) => [code, write(child)]));
    let reference = offset;
    if (node.prefix !== '') {
      reference += flagPrefix;
      append(Buffer.from(`${node.prefix}\0`, 'latin1'));
    }
    if (codes.length > 0) {
      reference += flagChildren;
      const table = Buffer.alloc(2 + 4 * (last - first + 1));
      table.writeUInt8(first, 0);
      table.writeUInt8(last, 1);
      for (const [code, childOffset] of childOffsets)
        table.writeUInt32BE(childOffset, 2 + 4 * (code - first));
      append(table);
    }
    if (node.values.length > 0) {
      reference += flagValues;
      append(uint32(node.values.length));
      for (const { value, priority } of node.values) {
        append(uint32(priority));
        append(Buffer.from(`${value}\0`, 'latin1'));
      }
    }
    return reference;
  };
  const rootOffset = write(root);
  const bytes = Buffer.concat(parts);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt32BE(version, 4);
  bytes.writeUInt32BE(rootOffset, 8);
  return bytes;
}

function insert(node: TrieNode, key: string, value: { value: string; priority: number }): void {
  let common = 0;
  while (common < node.prefix.length && node.prefix[common] === key[common]) common += 1;
  if (common < node.prefix.length) {
    const rest: TrieNode = {
      prefix: node.prefix.slice(common + 1),
      values: node.values.splice(0),
      children: new Map(node.children),
    };
    const code = node.prefix.charCodeAt(common);
    node.children.clear();
    node.children.set(code, rest);
    node.prefix = node.prefix.slice(0, common);
  }
  if (common === key.length) {
    node.values.push(value);
    return;
  }
  const code = key.charCodeAt(common);
  const child = node.children.get(code);
  if (child) insert(child, key.slice(common + 1), value);
  else node.children.set(code, { prefix: key.slice(common + 1), values: [value], children: new Map() });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
