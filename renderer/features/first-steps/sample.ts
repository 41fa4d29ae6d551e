import type { Arch } from '../../../contract/arch.ts';
import type { Container, Handler } from '../../../contract/records.ts';

/** Foreign architectures that the sample can be made for, those with most users first. Debian has packages of each. */
const sampleArches: readonly Arch[] = ['arm64', 'amd64', 'arm/v7', 'riscv64', 's390x', 'ppc64le', '386'];

/** As the engine tags it: `dockerImage.sample` in contract/procedures.ts. */
export function sampleTag(arch: Arch): string {
  return `foredeck-sample:${arch.replace('/', '-')}`;
}

/** What can be tried in a VM with these handlers. */
export function archesToTry(handlers: readonly Handler[]): Arch[] {
  return sampleArches.filter((arch) =>
    handlers.some((handler) => handler.arch === arch && handler.state !== 'native'),
  );
}

/** A running container of the sample; undefined when none is. */
export function runningSample(containers: readonly Container[], arch: Arch): Container | undefined {
  return containers.find(
    ({ image, state, stale }) => image === sampleTag(arch) && state === 'running' && !stale,
  );
}

/** Somebody who has had a foreign container has no need of first steps. */
export function hasForeignContainer(containers: readonly Container[]): boolean {
  return containers.some(
    ({ image, execution }) =>
      !image.startsWith('foredeck-sample:') && (execution === 'emulated' || execution === 'mixed'),
  );
}
