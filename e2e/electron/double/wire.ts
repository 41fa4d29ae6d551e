/**
 * Messages between this process and a page as JSON text, the only thing Chromium's bindings carry. Made by a function
 * which names nothing outside itself, because the page gets it as source text.
 */
export interface Wire {
  encode(value: unknown): string;
  decode(text: string): unknown;
}

/** Knows what structured cloning of our messages meets: JSON's values, undefined, Uint8Array and ArrayBuffer. */
export function createWire(): Wire {
  const toBase64 = (bytes: Uint8Array): string => {
    let binary = '';
    // In pieces: a call takes some ten thousand arguments.
    for (let at = 0; at < bytes.length; at += 8_192)
      binary += String.fromCharCode(...bytes.subarray(at, at + 8_192));
    return btoa(binary);
  };
  const fromBase64 = (text: string): Uint8Array => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

  const replace = (_key: string, value: unknown): unknown => {
    if (value === undefined) return { $wire: 'undefined' };
    if (value instanceof ArrayBuffer) return { $wire: 'buffer', base64: toBase64(new Uint8Array(value)) };
    if (value instanceof Uint8Array) return { $wire: 'bytes', base64: toBase64(value) };
    if (typeof value === 'function' || typeof value === 'symbol')
      throw new Error('An object could not be cloned.');
    return value;
  };
  const revive = (_key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || !('$wire' in value)) return value;
    if (value.$wire === 'undefined') return undefined;
    const bytes = fromBase64((value as unknown as { base64: string }).base64);
    return value.$wire === 'buffer' ? bytes.buffer : bytes;
  };
  return {
    encode: (value) => JSON.stringify(value, replace),
    decode: (text) => JSON.parse(text, revive),
  };
}
