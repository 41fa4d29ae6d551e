import { z } from 'zod';
import { Arch } from '../../contract/arch.ts';

/** An OCI platform, and the top of an OCI image configuration, which has the same fields. */
export const OciPlatform = z.object({
  os: z.string().default('linux'),
  architecture: z.string(),
  variant: z.string().optional(),
});
export type OciPlatform = z.infer<typeof OciPlatform>;

/** Names a blob; checked because it becomes part of a path. */
export const OciDigest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** Where containerd keeps content in the guest, one file a digest. */
export const guestBlobs = '/var/lib/containerd/io.containerd.content.v1.content/blobs/sha256';

export function blobPath(blobs: string, digest: string): string {
  return `${blobs}/${digest.slice('sha256:'.length)}`;
}

/** Null for one that this program does not know. The variants of 32-bit Arm cannot be told apart in an ELF header. */
export function archOf({ os, architecture }: OciPlatform): Arch | null {
  if (os !== 'linux') return null;
  return Arch.safeParse(architecture === 'arm' ? 'arm/v7' : architecture).data ?? null;
}

/** As Docker writes and takes it, `linux/arm64`; variants that are the rule are left out, as containerd does. */
export function platformText({ os, architecture, variant }: OciPlatform): string {
  if (architecture === 'arm') return `${os}/arm/${variant ?? 'v7'}`;
  const isRule = architecture === 'arm64' && variant === 'v8';
  return variant === undefined || variant === '' || isRule
    ? `${os}/${architecture}`
    : `${os}/${architecture}/${variant}`;
}
