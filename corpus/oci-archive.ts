import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rm, stat, truncate } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';
import type { Arch } from '../contract/arch.ts';
import type { FileTree } from '../engine/image/file-tree.ts';
import { writeTar } from '../engine/image/write-tar.ts';

/** What a disk is counted in; an image file ends on such a boundary. */
const sectorBytes = 512;

const mediaTypes = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  // Not compressed: packing and unpacking would cost an emulated guest far more than reading more of a local disk.
  layer: 'application/vnd.oci.image.layer.v1.tar',
};

/**
 * Writes a tree as a container image of one layer, in the form `docker load` reads from a file or from a disk which
 * begins with it. Returns the file's size. Source: OCI image-spec, image-layout.md and config.md.
 */
export async function writeOciArchive(options: {
  tree: FileTree;
  arch: Arch;
  /** `repository:tag`. */
  image: string;
  path: string;
  signal: AbortSignal;
  onProgress: (doneBytes: number, totalBytes: number) => void;
}): Promise<number> {
  const { path, signal } = options;
  const layerPath = `${path}.layer`;
  try {
    const layer = await writeLayer(layerPath, options);
    const tar = pack();
    const writing = writeImage(tar, { ...options, layer, layerPath });
    await Promise.all([pipeline(tar, createWriteStream(path), { signal }), writing]);
  } finally {
    await rm(layerPath, { force: true });
  }
  const { size } = await stat(path);
  const sizeBytes = Math.ceil(size / sectorBytes) * sectorBytes;
  await truncate(path, sizeBytes);
  return sizeBytes;
}

interface Blob {
  readonly digest: string;
  readonly size: number;
}

async function writeLayer(
  path: string,
  options: Pick<Parameters<typeof writeOciArchive>[0], 'tree' | 'signal' | 'onProgress'>,
): Promise<Blob> {
  const hash = createHash('sha256');
  let size = 0;
  const meter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      hash.update(chunk);
      size += chunk.length;
      done(null, chunk);
    },
  });
  const tar = pack();
  const writing = writeTar(tar, options).then(
    () => tar.finalize(),
    (thrown: unknown) => tar.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
  await pipeline(tar, meter, createWriteStream(path), { signal: options.signal });
  await writing;
  return { digest: `sha256:${hash.digest('hex')}`, size };
}

async function writeImage(
  tar: Pack,
  options: { arch: Arch; image: string; layer: Blob; layerPath: string },
): Promise<void> {
  const { layer } = options;
  const platform = ociPlatform(options.arch);
  const config = json({
    created: new Date().toISOString(),
    ...platform,
    config: { Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'], Cmd: ['/bin/bash'] },
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: mediaTypes.manifest,
    config: { mediaType: mediaTypes.config, ...config.blob },
    layers: [{ mediaType: mediaTypes.layer, ...layer }],
  });
  const annotations = { 'io.containerd.image.name': `docker.io/library/${options.image}` };
  const index = json({
    schemaVersion: 2,
    mediaType: mediaTypes.index,
    manifests: [{ mediaType: mediaTypes.manifest, ...manifest.blob, platform, annotations }],
  });
  tar.entry({ name: 'oci-layout' }, JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  tar.entry({ name: 'index.json' }, index.bytes);
  tar.entry({ name: blobName(manifest.blob) }, manifest.bytes);
  tar.entry({ name: blobName(config.blob) }, config.bytes);
  const entry = tar.entry({ name: blobName(layer), size: layer.size });
  await pipeline(createReadStream(options.layerPath), entry);
  tar.finalize();
}

/** `arm/v7` is architecture `arm`, variant `v7`. */
function ociPlatform(arch: Arch): { os: string; architecture: string; variant?: string } {
  const [architecture = arch, variant] = arch.split('/');
  return { os: 'linux', architecture, ...(variant === undefined ? {} : { variant }) };
}

function json(value: unknown): { bytes: Buffer; blob: Blob } {
  const bytes = Buffer.from(JSON.stringify(value));
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  return { bytes, blob: { digest, size: bytes.length } };
}

function blobName({ digest }: Blob): string {
  return `blobs/${digest.replace(':', '/')}`;
}
