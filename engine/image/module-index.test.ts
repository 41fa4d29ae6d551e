import { describe, expect, it } from 'vitest';
import { buildModuleIndex } from './module-index.ts';

/** Finds a key's values as libkmod's index_mm_search does. */
function lookUp(index: Buffer, key: string): string[] {
  expect(index.readUInt32BE(0)).toBe(0xb007f457);
  expect(index.readUInt32BE(4)).toBe(0x00020001);
  let reference = index.readUInt32BE(8);
  for (let rest = key; ; ) {
    let at = reference & 0x0fffffff;
    if (reference & 0x80000000) {
      const end = index.indexOf(0, at);
      const prefix = index.toString('latin1', at, end);
      if (!rest.startsWith(prefix)) return [];
      rest = rest.slice(prefix.length);
      at = end + 1;
    }
    let next = 0;
    if (reference & 0x20000000) {
      const first = index[at] ?? 0;
      const last = index[at + 1] ?? 0;
      const code = rest.charCodeAt(0);
      if (rest !== '' && code >= first && code <= last)
        next = index.readUInt32BE(at + 2 + 4 * (code - first));
      at += 2 + 4 * (last - first + 1);
    }
    if (rest === '') {
      if (!(reference & 0x40000000)) return [];
      const values = [];
      let left = index.readUInt32BE(at);
      for (at += 4; left > 0; left -= 1) {
        const end = index.indexOf(0, at + 4);
        values.push(index.toString('latin1', at + 4, end));
        at = end + 1;
      }
      return values;
    }
    if (next === 0) return [];
    rest = rest.slice(1);
    reference = next;
  }
}

describe('buildModuleIndex', () => {
  const entries = [
    { key: 'bridge', value: 'kernel/net/bridge/bridge.ko: kernel/net/llc/llc.ko' },
    { key: 'br_netfilter', value: 'kernel/net/bridge/br_netfilter.ko:' },
    { key: 'br', value: 'short' },
    { key: 'veth', value: 'kernel/drivers/net/veth.ko:' },
    { key: 'net_pf_*_proto_3', value: 'first' },
    { key: 'net_pf_*_proto_3', value: 'second' },
  ];

  it('finds every key, however keys share beginnings', () => {
    const index = buildModuleIndex(entries);
    expect(lookUp(index, 'bridge')).toEqual(['kernel/net/bridge/bridge.ko: kernel/net/llc/llc.ko']);
    expect(lookUp(index, 'br_netfilter')).toEqual(['kernel/net/bridge/br_netfilter.ko:']);
    expect(lookUp(index, 'br')).toEqual(['short']);
    expect(lookUp(index, 'veth')).toEqual(['kernel/drivers/net/veth.ko:']);
    expect(lookUp(index, 'net_pf_*_proto_3')).toEqual(['first', 'second']);
  });

  it('finds nothing else', () => {
    const index = buildModuleIndex(entries);
    for (const key of ['', 'b', 'bri', 'bridges', 'vet', 'zzz']) expect(lookUp(index, key)).toEqual([]);
    expect(lookUp(buildModuleIndex([]), 'a')).toEqual([]);
  });
});
