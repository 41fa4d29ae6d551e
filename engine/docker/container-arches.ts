import { z } from 'zod';
import { Arch } from '../../contract/arch.ts';
import type { GuestLink } from '../vm/ports.ts';

/** The root of Docker's data in the guest, on the data disk. */
const dockerRoot = '/var/lib/docker';

/** The part of dockerd's own file on a container which names what it was made of (moby, container/container.go). */
const ContainerConfig = z.object({
  ImageManifest: z
    .object({
      platform: z.object({ architecture: z.string(), variant: z.string().optional() }).optional(),
    })
    .nullish(),
});

/** Command lines have room for far more; ids are 64 bytes each. */
const idsPerRead = 100;

/**
 * The architecture of the image each container was made from. Docker's API does not tell: in the containerd store
 * one tag holds several platforms and `docker image inspect` shows the host's own. dockerd notes the manifest it
 * chose in its file on the container.
 */
export class ContainerArches {
  readonly #link: GuestLink;
  readonly #root: string;
  /** It never changes for a container. */
  readonly #known = new Map<string, Arch | null>();

  constructor(link: GuestLink, root = dockerRoot) {
    this.#link = link;
    this.#root = root;
  }

  /** Null while it has not been read, or where Docker did not note one. */
  known(id: string): Arch | null {
    return this.#known.get(id) ?? null;
  }

  /** Reads what is not known yet. Containers that are gone are passed over. */
  async read(ids: readonly string[]): Promise<void> {
    const unknown = ids.filter((id) => !this.#known.has(id));
    for (let start = 0; start < unknown.length; start += idsPerRead) {
      await this.#readUnknown(unknown.slice(start, start + idsPerRead));
    }
  }

  /** After Docker has removed the container. */
  forget(id: string): void {
    this.#known.delete(id);
  }

  async #readUnknown(ids: readonly string[]): Promise<void> {
    const result = await this.#link.exec(['sh', '-c', printConfigs, 'sh', this.#root, ...ids]);
    // A line with the id, then the file, which is JSON without a line break.
    const lines = result.stdout.split('\n');
    for (let i = 0; i + 1 < lines.length; i += 2) {
      const [id, config] = [lines[i], lines[i + 1]];
      const arch = config ? archFrom(config) : undefined;
      if (id && arch !== undefined) this.#known.set(id, arch);
    }
  }
}

const printConfigs = `
root=$1; shift
for id; do echo "$id"; tr -d '\\n' < "$root/containers/$id/config.v2.json" 2>/dev/null; echo; done
`;

/** Undefined when dockerd is just writing it: the next event asks again. */
function archFrom(config: string): Arch | null | undefined {
  let json: unknown;
  try {
    json = JSON.parse(config);
  } catch {
    return undefined;
  }
  const platform = ContainerConfig.safeParse(json).data?.ImageManifest?.platform;
  if (!platform) return null;
  const { architecture, variant } = platform;
  // Debian has one 32-bit arm userland that Docker knows, armhf, which is v7.
  const written = architecture === 'arm' ? `arm/${variant ?? 'v7'}` : architecture;
  return Arch.safeParse(written).data ?? null;
}
