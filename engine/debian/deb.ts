import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { EngineError } from '../base/engine-error.ts';
import { decompressXz } from './xz.ts';

/** One member of an ar archive: where its bytes lie in the file. */
export interface ArMember {
  readonly name: string;
  readonly offset: number;
  readonly sizeBytes: number;
}

const arMagic = '!<arch>\n';
const arHeaderBytes = 60;

/** The members of an ar archive. Source: ar(5) and deb(5). Throws `package_corrupt`. */
export async function listArMembers(path: string): Promise<ArMember[]> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    if ((await readText(file, 0, arMagic.length)) !== arMagic) throw corrupt(path, 'it is no ar archive');
    const members: ArMember[] = [];
    let at = arMagic.length;
    while (at < size) {
      const header = await readText(file, at, arHeaderBytes);
      const sizeBytes = Number(header.slice(48, 58).trim());
      if (header.length < arHeaderBytes || !header.endsWith('`\n') || !Number.isSafeInteger(sizeBytes)) {
        throw corrupt(path, `no member header at byte ${at}`);
      }
      const offset = at + arHeaderBytes;
      if (offset + sizeBytes > size) throw corrupt(path, `it ends within a member (at byte ${size})`);
      members.push({ name: header.slice(0, 16).trim().replace(/\/$/, ''), offset, sizeBytes });
      // Members begin at even offsets.
      at = offset + sizeBytes + (sizeBytes % 2);
    }
    return members;
  } finally {
    await file.close();
  }
}

async function readText(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('latin1', 0, bytesRead);
}

/** The files a .deb installs, as an uncompressed tar stream. Throws `package_corrupt`, also through the stream. */
export async function openDebData(path: string, signal: AbortSignal): Promise<Readable> {
  return await openTar(path, 'data.tar', signal);
}

/** What a .deb says to dpkg (`control`, maintainer scripts, `conffiles`), likewise. */
export async function openDebControl(path: string, signal: AbortSignal): Promise<Readable> {
  return await openTar(path, 'control.tar', signal);
}

async function openTar(
  path: string,
  name: 'data.tar' | 'control.tar',
  signal: AbortSignal,
): Promise<Readable> {
  const members = await listArMembers(path);
  const found = members.find((member) =>
    [name, `${name}.xz`, `${name}.zst`, `${name}.gz`].includes(member.name),
  );
  if (!found) throw corrupt(path, `it has no ${name} which can be read`);
  const raw = createReadStream(path, {
    start: found.offset,
    end: found.offset + found.sizeBytes - 1,
    signal,
  });
  switch (found.name.slice(name.length)) {
    case '.xz':
      return Readable.from(decompressXz(raw, { source: path, signal }));
    case '.zst':
      return piped(raw, createZstdDecompress(), path);
    case '.gz':
      return piped(raw, createGunzip(), path);
    default:
      return raw;
  }
}

/** Errors of either end reach the reader as `package_corrupt`. */
function piped(raw: Readable, decompress: NodeJS.ReadWriteStream & Readable, path: string): Readable {
  const unpacked = async function* (): AsyncGenerator<Buffer, void, undefined> {
    raw.on('error', (thrown) => decompress.destroy(thrown));
    raw.pipe(decompress);
    try {
      for await (const chunk of decompress) yield chunk as Buffer;
    } catch (thrown) {
      throw corrupt(path, thrown instanceof Error ? thrown.message : String(thrown));
    } finally {
      raw.destroy();
      decompress.destroy();
    }
  };
  return Readable.from(unpacked());
}

function corrupt(path: string, why: string): EngineError {
  return new EngineError({
    code: 'package_corrupt',
    message: `Cannot read the package "${path}": ${why}.`,
    hint: 'Delete the folder "cache" in FOREDECK_HOME and try again.',
  });
}
