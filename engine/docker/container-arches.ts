import { z } from 'zod';
import { Arch } from '../../contract/arch.ts';
import type { GuestLink } from '../vm/ports.ts';

/** Where dockerd and containerd keep what is read here, on the guest's data disk. */
const guestFolders = {
  containers: '/var/lib/docker/containers',
  blobs: '/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256',
};

/** An OCI platform, and the top of an OCI image configuration, which has the same fields. */
const Platform = z.object({ architecture: z.string(), variant: z.string().optional() });

/** Names a blob; checked because it becomes part of a path. */
const Digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** The part of dockerd's own file on a container which names what it was made of (moby, container/container.go). */
const ContainerFile = z.object({
  ImageManifest: z.object({ digest: Digest, platform: Platform.optional() }),
});

const Manifest = z.object({ config: z.object({ digest: Digest }) });

/** Ids and paths are about 150 bytes each; a command line has room for far more. */
const filesPerRead = 100;

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
    const files = await this.#readAll(
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
    const blobPath = (digest: string): string => `${this.#folders.blobs}/${digest.slice('sha256:'.length)}`;
    const unknown = digests.filter((digest) => !this.#byManifest.has(digest));
    const manifests = await this.#readAll(unknown, blobPath, Manifest);
    const configOf = (digest: string): string => manifests.get(digest)?.config.digest ?? '';
    const configs = await this.#readAll(
      [...manifests.keys()],
      (digest) => blobPath(configOf(digest)),
      Platform,
    );
    for (const [digest, platform] of configs) this.#byManifest.set(digest, archOf(platform));
  }

  /** Reads a JSON file for each key; keys whose file is not there, or is not as it should be, are left out. */
  async #readAll<T>(
    keys: readonly string[],
    pathOf: (key: string) => string,
    schema: z.ZodType<T>,
  ): Promise<Map<string, T>> {
    const found = new Map<string, T>();
    for (let start = 0; start < keys.length; start += filesPerRead) {
      const some = keys.slice(start, start + filesPerRead);
      const { stdout } = await this.#link.exec(['sh', '-c', printFiles, 'sh', ...some.map(pathOf)]);
      const lines = stdout.split('\n');
      some.forEach((key, index) => {
        const value = schema.safeParse(parseJson(lines[index] ?? '')).data;
        if (value !== undefined) found.set(key, value);
      });
    }
    return found;
  }
}

/** One line for each file, an empty one for a file that is not there. JSON needs no line breaks. */
const printFiles = `for file; do test -f "$file" && tr -d '\\n' < "$file"; echo; done`;

/** Undefined also while dockerd is just writing the file: the next event asks again. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Null for one that this program does not know. */
function archOf({ architecture, variant }: z.infer<typeof Platform>): Arch | null {
  // Docker's own default for plain `arm` (containerd's platforms package).
  const written = architecture === 'arm' ? `arm/${variant ?? 'v7'}` : architecture;
  return Arch.safeParse(written).data ?? null;
}
