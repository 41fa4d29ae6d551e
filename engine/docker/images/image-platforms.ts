import { z } from 'zod';
import type { ImagePlatform } from '../../../contract/docker-images.ts';
import type { GuestLink } from '../../vm/ports.ts';
import { readGuestJson } from '../guest-json-files.ts';
import { archOf, blobPath, guestBlobs, OciDigest, OciPlatform, platformText } from '../oci-platform.ts';

/** A platform as the content store has it; how it would run depends on handlers. */
export type StoredPlatform = Omit<ImagePlatform, 'execution'>;

const Descriptor = z.object({
  digest: OciDigest,
  size: z.number().int().nonnegative(),
  platform: OciPlatform.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
});
type Descriptor = z.infer<typeof Descriptor>;

/** What a tag points to: an index of several platforms, or the manifest of one (OCI image-spec, both 1.1). */
const Manifest = z.object({ config: Descriptor, layers: z.array(Descriptor) });
type Manifest = z.infer<typeof Manifest>;
const Index = z.object({ manifests: z.array(Descriptor) });
const Document = z.union([Manifest, Index]);
type Document = z.infer<typeof Document>;

/** Names the documents BuildKit puts beside the platforms of an image: provenance and the like. */
const attestationKey = 'vnd.docker.reference.type';

/** Docker's largest official images have about 20; an index that claims more is cut. */
const maxPlatforms = 64;

/** Documents remembered, each a few kilobytes. */
const maxRemembered = 5_000;

/** One digest a line on the input, of files that are there one a line on the output; no process is started. */
const printPresent = 'cd "$1" && while read -r name; do test -f "$name" && echo "$name"; done; true';

/**
 * The platforms of Docker's images, read out of containerd's content store: Docker's API 1.45 has no call for them.
 * Content never changes under its digest, so each document is read once; what is there is asked anew each time, since
 * pulls and clean-ups change it.
 */
export class ImagePlatforms {
  readonly #link: GuestLink;
  readonly #blobs: string;
  readonly #documents = new Map<string, Document>();
  readonly #platforms = new Map<string, OciPlatform>();

  constructor(link: GuestLink, blobs = guestBlobs) {
    this.#link = link;
    this.#blobs = blobs;
  }

  /** By image id. Images whose document cannot be read have no entry. */
  async read(ids: readonly string[]): Promise<Map<string, StoredPlatform[]>> {
    if (this.#documents.size > maxRemembered) this.#documents.clear();
    const wanted = ids.filter((id) => OciDigest.safeParse(id).success);
    await this.#readDocuments(wanted);
    const entries = new Map(wanted.flatMap((id) => this.#entriesOf(id)));
    const all = [...entries.values()].flat();
    await this.#readDocuments(all.map(({ digest }) => digest));
    await this.#readConfigs(all);
    const present = await this.#present(all);
    return new Map(
      [...entries].map(([id, descriptors]) => [
        id,
        descriptors.flatMap((descriptor) => this.#platform(descriptor, present)),
      ]),
    );
  }

  /** The manifests an image consists of. */
  #entriesOf(id: string): [string, Descriptor[]][] {
    const document = this.#documents.get(id);
    if (!document) return [];
    if ('config' in document) return [[id, [{ digest: id, size: 0 }]]];
    const images = document.manifests.filter(
      ({ annotations }) => annotations?.[attestationKey] === undefined,
    );
    return [[id, images.slice(0, maxPlatforms)]];
  }

  async #readDocuments(digests: readonly string[]): Promise<void> {
    const unknown = [...new Set(digests)].filter((digest) => !this.#documents.has(digest));
    for (const [digest, document] of await readGuestJson(this.#link, unknown, this.#path, Document)) {
      this.#documents.set(digest, document);
    }
  }

  /** An index names the platforms; the manifest of a single one leaves that to the image's configuration. */
  async #readConfigs(entries: readonly Descriptor[]): Promise<void> {
    const configs = new Map<string, string>();
    for (const { digest, platform } of entries) {
      if (platform) this.#platforms.set(digest, platform);
      const config = this.#manifest(digest)?.config.digest;
      if (config !== undefined && !this.#platforms.has(digest)) configs.set(digest, config);
    }
    const pathOf = (digest: string): string => this.#path(configs.get(digest) ?? '');
    const found = await readGuestJson(this.#link, [...configs.keys()], pathOf, OciPlatform);
    for (const [digest, platform] of found) this.#platforms.set(digest, platform);
  }

  /** Which of all the content of these manifests is in the store. */
  async #present(entries: readonly Descriptor[]): Promise<ReadonlySet<string>> {
    const wanted = new Set(entries.flatMap(({ digest }) => this.#contentOf(digest)));
    if (wanted.size === 0) return wanted;
    const input = [...wanted].map((digest) => `${digest.slice('sha256:'.length)}\n`).join('');
    const { stdout } = await this.#link.exec(['sh', '-c', printPresent, 'sh', this.#blobs], { input });
    return new Set(stdout.split('\n').map((name) => `sha256:${name}`));
  }

  #contentOf(digest: string): string[] {
    const manifest = this.#manifest(digest);
    return manifest ? [manifest.config.digest, ...manifest.layers.map((layer) => layer.digest)] : [];
  }

  #platform({ digest }: Descriptor, present: ReadonlySet<string>): StoredPlatform[] {
    const platform = this.#platforms.get(digest);
    if (!platform) return [];
    const manifest = this.#manifest(digest);
    const content = manifest ? [manifest.config, ...manifest.layers] : [];
    const there = content.filter((part) => present.has(part.digest));
    return [
      {
        platform: platformText(platform),
        arch: archOf(platform),
        digest,
        present: content.length > 0 && there.length === content.length,
        sizeBytes: there.reduce((sum, part) => sum + part.size, 0),
      },
    ];
  }

  #manifest(digest: string): Manifest | undefined {
    const document = this.#documents.get(digest);
    return document && 'config' in document ? document : undefined;
  }

  readonly #path = (digest: string): string => blobPath(this.#blobs, digest);
}
