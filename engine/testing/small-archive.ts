import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { createCleartextMessage, generateKey, type PrivateKey, sign } from 'openpgp';
import { pack } from 'tar-stream';

/** Entries of a package, as tar-stream takes them. */
export interface SmallFile {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly mode?: number;
  readonly type?: 'file' | 'directory' | 'symlink' | 'link' | 'character-device';
  readonly linkname?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly devmajor?: number;
  readonly devminor?: number;
}

export interface SmallPackage {
  readonly name: string;
  readonly version?: string;
  /** Further control fields, such as `Depends: x`. */
  readonly fields?: readonly string[];
  readonly files: readonly SmallFile[];
}

/** A key pair to sign an archive with: the private key, and the keyring a client has. */
export async function makeSigningKey(): Promise<{ privateKey: PrivateKey; keyring: Uint8Array }> {
  const { privateKey, publicKey } = await generateKey({
    type: 'ecc',
    curve: 'ed25519Legacy',
    userIDs: [{ name: 'Test archive' }],
    format: 'object',
  });
  return { privateKey, keyring: publicKey.write() };
}

/** The text as `gpg --clearsign` would have it. */
export async function signText(text: string, privateKey: PrivateKey): Promise<string> {
  const message = await createCleartextMessage({ text });
  return await sign({ message, signingKeys: privateKey });
}

/** A .deb with `data.tar.gz`. */
export async function makeDeb(files: readonly SmallFile[]): Promise<Buffer> {
  return makeAr([
    ['debian-binary', Buffer.from('2.0\n')],
    ['control.tar.gz', gzipSync(await makeTar([{ name: './control', content: '' }]))],
    ['data.tar.gz', gzipSync(await makeTar(files))],
  ]);
}

export async function makeTar(files: readonly SmallFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of files) {
    const mtime = new Date(1_700_000_000_000);
    if (content === undefined) tar.entry({ ...header, mtime });
    else tar.entry({ ...header, mtime }, typeof content === 'string' ? content : Buffer.from(content));
  }
  tar.finalize();
  return await buffer(tar);
}

/** An ar archive. Source: ar(5). */
export function makeAr(members: readonly (readonly [string, Uint8Array])[]): Buffer {
  const parts = members.flatMap(([name, content]) => {
    const fields = [name.padEnd(16), '0'.padEnd(12), '0'.padEnd(6), '0'.padEnd(6), '100644'.padEnd(8)];
    const header = `${fields.join('')}${String(content.length).padEnd(10)}\`\n`;
    return [Buffer.from(header), Buffer.from(content), Buffer.alloc(content.length % 2, '\n')];
  });
  return Buffer.concat([Buffer.from('!<arch>\n'), ...parts]);
}

/** Looks at a request first; returns true when it has answered. */
export type Intercept = (path: string, request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * A signed Debian archive of a few packages on a loopback port, with ranges as real mirrors have them. One component
 * (`main`), one architecture (`amd64`).
 */
export class SmallArchive {
  readonly files = new Map<string, Buffer>();
  readonly requests: { path: string; range: string | undefined }[] = [];
  intercept: Intercept = () => false;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  static async start(): Promise<SmallArchive> {
    const archive = new SmallArchive();
    await new Promise<void>((resolve) => {
      archive.#server.listen(0, '127.0.0.1', resolve);
    });
    return archive;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async publish(options: {
    packages: readonly SmallPackage[];
    privateKey: PrivateKey;
    validUntil?: Date;
    /** Default `small`. */
    suite?: string;
    /** As the release file calls the suite; default its real name. */
    codename?: string;
  }): Promise<void> {
    const { suite = 'small' } = options;
    const stanzas: string[] = [];
    for (const item of options.packages) {
      const deb = await makeDeb(item.files);
      const version = item.version ?? '1.0';
      const filename = `pool/${item.name}_${version}_amd64.deb`;
      this.files.set(`/debian/${filename}`, deb);
      stanzas.push(
        [
          `Package: ${item.name}`,
          `Version: ${version}`,
          ...(item.fields ?? []),
          `Filename: ${filename}`,
          `Size: ${deb.length}`,
          `SHA256: ${sha256(deb)}`,
        ].join('\n'),
      );
    }
    const index = compressXz(Buffer.from(`${stanzas.join('\n\n')}\n`));
    const folder = `/debian/dists/${suite}`;
    this.files.set(`${folder}/main/binary-amd64/by-hash/SHA256/${sha256(index)}`, index);
    const release = [
      'Suite: stable',
      `Codename: ${options.codename ?? suite}`,
      'Date: Sat, 01 Jan 2022 00:00:00 UTC',
      ...(options.validUntil ? [`Valid-Until: ${options.validUntil.toUTCString()}`] : []),
      'Acquire-By-Hash: yes',
      'SHA256:',
      ` ${sha256(index)} ${index.length} main/binary-amd64/Packages.xz`,
    ].join('\n');
    this.files.set(`${folder}/InRelease`, Buffer.from(await signText(`${release}\n`, options.privateKey)));
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    const { range } = request.headers;
    this.requests.push({ path, range });
    if (this.intercept(path, request, response)) return;
    const content = this.files.get(path);
    if (!content) {
      response.writeHead(404).end();
      return;
    }
    const etag = `"${sha256(content).slice(0, 16)}"`;
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? Number.NaN);
    const ifRange = request.headers['if-range'];
    if (Number.isNaN(start) || (ifRange !== undefined && ifRange !== etag)) {
      response.writeHead(200, { etag, 'content-length': content.length }).end(content);
      return;
    }
    const rest = content.subarray(start);
    response.writeHead(206, {
      etag,
      'content-length': rest.length,
      'content-range': `bytes ${start}-${content.length - 1}/${content.length}`,
    });
    response.end(rest);
  }
}

/** There is no xz encoder in npm worth having; the bootstrap installs the program wherever images are composed. */
export function compressXz(bytes: Buffer): Buffer {
  return execFileSync('xz', ['--compress', '--stdout'], { input: bytes });
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
