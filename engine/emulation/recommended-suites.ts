import type { Arch } from '../../contract/arch.ts';
import type { EmulatorSuite } from '../../contract/emulation.ts';

/**
 * The suite an architecture's emulator comes out of when a person has chosen none. Stable where nothing is known
 * against it: Debian repairs its security there for years, and its version is the one most people run. A row says
 * `backports` when a program is known to fail under stable's version and to run under the newer one; the table of
 * docs/compatibility.md shows it.
 */
const suites: Readonly<Record<Arch, EmulatorSuite>> = {
  amd64: 'stable',
  '386': 'stable',
  arm64: 'stable',
  'arm/v7': 'stable',
  riscv64: 'stable',
  ppc64le: 'stable',
  s390x: 'stable',
  mips64le: 'stable',
  loong64: 'stable',
};

export function recommendedSuite(arch: Arch): EmulatorSuite {
  return suites[arch];
}
