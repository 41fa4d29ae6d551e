import { z } from 'zod';
import type { Arch } from '../../contract/arch.ts';
import type { GuestLink } from '../vm/ports.ts';
import { readGuestJson } from './guest-json-files.ts';
import { archOf, blobPath, guestBlobs, OciDigest, OciPlatform } from './oci-platform.ts';

/** Where dockerd and containerd keep what is read here, on the guest's data disk. */
const guestFolders = {
  containers: '/var/lib/docker/containers',
  blobs: guestBlobs,
};

/** The part of dockerd's own file on a container which names what it was made of (moby, container/container.go). */
const ContainerFile = z.object({
  ImageManifest: z.object({ digest: OciDigest, platform: OciPlatform.optional() }),
});

const Manifest = z.object({ config: z.object({ digest: OciDigest }) });

/** Containers come and go for as long as a VM runs; images are fewer. */
const maxManifests = 10_000;

/**
 * The architecture of the image each container was made from. Docker's API 1.45 does not tell: in the containerd
 * store one tag holds several platforms and `docker image inspect` shows the host's own. dockerd notes the manifest it
 * chose in its file on the container; its platform stands there for an image of several platforms, and otherwise in
 * the image's configuration (both seen with Docker 26.1.5).
 */
export class ContainerArches {
  readonly #link: GuestLink;
  readonly #folders: typeof guestFolders;
  /** It never changes for a container. */
  readonly #byContainer = new Map<string, Arch | null>();
  readonly #byManifest = new Map<string, Arch | null>();

  constructor(link: GuestLink, folders = guestFolders) {
    this.#link = link;
    this.#folders = folders;
  }

  /** Null while it has not been read, or where nothing tells it. */
  known(id: string): Arch | null {
    return this.#byContainer.get(id) ?? null;
  }

  /** After Docker has removed the container. */
  forget(id: string): void {
    this.#byContainer.delete(id);
  }

  /** Reads what is not known yet. Containers that are gone are passed over. */
  async read(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#byContainer.has(id));
    const files = await readGuestJson(
      this.#link,
      unknown,
      (id) => `${this.#folders.containers}/${id}/config.v2.json`,
      ContainerFile,
    );
    const unresolved = new Map<string, string>();
    for (const [id, { ImageManifest: manifest }] of files) {
      if (manifest.platform) this.#byContainer.set(id, archOf(manifest.platform));
      else unresolved.set(id, manifest.digest);
    }
    await this.#readManifests([...new Set(unresolved.values())]);
    for (const [id, digest] of unresolved) {
      const arch = this.#byManifest.get(digest);
      if (arch !== undefined) this.#byContainer.set(id, arch);
    }
  }

  async #readManifests(digests: readonly string[]): Promise<void> {
    if (this.#byManifest.size > maxManifests) this.#byManifest.clear();
    const unknown = digests.filter((digest) => !this.#byManifest.has(digest));
    const pathOf = (digest: string): string => blobPath(this.#folders.blobs, digest);
    const manifests = await readGuestJson(this.#link, unknown, pathOf, Manifest);
    const configOf = (digest: string): string => manifests.get(digest)?.config.digest ?? '';
    const configs = await readGuestJson(
      this.#link,
      [...manifests.keys()],
      (digest) => pathOf(configOf(digest)),
      OciPlatform,
    );
    for (const [digest, platform] of configs) this.#byManifest.set(digest, archOf(platform));
  }
}
