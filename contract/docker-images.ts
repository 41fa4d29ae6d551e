import { z } from 'zod';
import { Arch } from './arch.ts';

/** Milliseconds since the Unix epoch, by the host's clock. */
const EpochMs = z.number().nonnegative();

/** How a platform of an image would run in its VM now. `off`: emulated if its handler were on. */
export const PlatformExecution = z.enum(['native', 'emulated', 'off', 'unsupported']);
export type PlatformExecution = z.infer<typeof PlatformExecution>;

/** One platform of an image. Hostile text, as the image's maker wrote it. */
export const ImagePlatform = z.object({
  /** As OCI writes it, `linux/arm64` or `linux/arm/v7`. */
  platform: z.string(),
  /** Null for one that this program does not know. */
  arch: Arch.nullable(),
  execution: PlatformExecution,
  /** Digest of the platform's manifest, `sha256:…`. */
  digest: z.string(),
  /** Its content is in the VM; an index may name platforms which were never pulled. */
  present: z.boolean(),
  /** Compressed content in the VM, bytes; shared layers count for every image. */
  sizeBytes: z.number().int().nonnegative(),
});
export type ImagePlatform = z.infer<typeof ImagePlatform>;

/** A Docker image in a VM: in containerd's store one tag may hold several platforms. */
export const DockerImage = z.object({
  vm: z.string(),
  /** Digest of what the tag points to: an index or a manifest. */
  id: z.string(),
  /** References, `docker.io/library/alpine:3.20` shortened as Docker shows them: `alpine:3.20`. */
  tags: z.array(z.string()),
  createdAt: EpochMs.nullable(),
  platforms: z.array(ImagePlatform),
});
export type DockerImage = z.infer<typeof DockerImage>;

/** Key of an image in `State.dockerImages`. */
export function dockerImageKey(vm: string, id: string): string {
  return `${vm}/${id}`;
}
