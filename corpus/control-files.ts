import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { EngineError } from '../engine/base/engine-error.ts';
import { openDebControl } from '../engine/debian/deb.ts';

/** What a package says to dpkg, by name: `control`, `conffiles`, `postinst`… Source: deb-control(5) and its siblings. */
export type ControlFiles = ReadonlyMap<string, { readonly content: Buffer; readonly mode: number }>;

export async function readControlFiles(debPath: string, signal: AbortSignal): Promise<ControlFiles> {
  const files = new Map<string, { content: Buffer; mode: number }>();
  const entries = extract();
  const feeding = pipeline(await openDebControl(debPath, signal), entries, { signal });
  // Awaited below; the loop fails first when the stream breaks.
  feeding.catch(() => undefined);
  for await (const entry of entries) {
    const name = entry.header.name.replace(/^(?:\.?\/)+/, '');
    if (entry.header.type === 'file')
      files.set(name, { content: await buffer(entry), mode: entry.header.mode });
    else entry.resume();
  }
  await feeding;
  if (files.has('control')) return files;
  throw new EngineError({ code: 'package_corrupt', message: `"${debPath}" has no control file.` });
}
