import type { Arch } from '../../contract/arch.ts';

/** Debian's names for OCI's architectures; Debian 13 has no packages for the others. */
const debianNames: Partial<Record<Arch, string>> = {
  amd64: 'amd64',
  '386': 'i386',
  arm64: 'arm64',
  'arm/v7': 'armhf',
  riscv64: 'riscv64',
  ppc64le: 'ppc64el',
  s390x: 's390x',
};

/** Null where Debian 13 has no packages. */
export function debianArchitecture(arch: Arch): string | null {
  return debianNames[arch] ?? null;
}
