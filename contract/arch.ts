import { z } from 'zod';

/**
 * Processor architectures, written as OCI platforms write them (`linux/<arch>`).
 * Source: https://github.com/opencontainers/image-spec/blob/main/image-index.md (platform object).
 */
export const arches = [
  'amd64',
  '386',
  'arm64',
  'arm/v7',
  'riscv64',
  'ppc64le',
  's390x',
  'mips64le',
  'loong64',
] as const;

export const Arch = z.enum(arches);
export type Arch = z.infer<typeof Arch>;

/** Architectures a host, and so a service VM, can have. */
export const hostArches = ['amd64', 'arm64'] as const;
export const HostArch = z.enum(hostArches);
export type HostArch = z.infer<typeof HostArch>;
