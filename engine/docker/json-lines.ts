import { StringDecoder } from 'node:string_decoder';

/**
 * The JSON values of a stream of lines, as they arrive; lines that are not JSON are passed over. Throws when the
 * stream breaks off, which `node:readline` would not notice.
 */
export async function* jsonLines(stream: AsyncIterable<Buffer | string>): AsyncGenerator<unknown, void> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + (typeof chunk === 'string' ? chunk : decoder.write(chunk))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const value = parse(line);
      if (value !== undefined) yield value;
    }
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
