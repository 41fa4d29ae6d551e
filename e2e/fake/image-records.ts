import { type Arch, arches } from '../../contract/arch.ts';
import type { DockerImage, ImagePlatform } from '../../contract/docker-images.ts';
import type { State } from '../../contract/state.ts';

const MiB = 1024 ** 2;

let imageCount = 0;

/** `sha256:` and 64 digits, another one at each call. */
export function nextDigest(): string {
  imageCount += 1;
  return `sha256:${imageCount.toString(16).padStart(8, 'a').repeat(8)}`;
}

export function platformRecord(
  arch: Arch | null,
  execution: ImagePlatform['execution'],
  change: Partial<ImagePlatform> = {},
): ImagePlatform {
  const present = change.present ?? true;
  return {
    platform: `linux/${arch ?? 'wasm'}`,
    arch,
    execution,
    digest: nextDigest(),
    present,
    sizeBytes: present ? 48 * MiB : 0,
    ...change,
  };
}

export function dockerImageRecord(change: Partial<DockerImage> = {}): DockerImage {
  return {
    vm: 'service',
    id: nextDigest(),
    tags: ['debian:13'],
    createdAt: Date.now() - 9 * 86_400_000,
    platforms: [platformRecord('amd64', 'native')],
    ...change,
  };
}

/** One image of each kind a person meets, and some nobody wants to meet. */
export function fullImages(hostileTag: string): State['dockerImages'] {
  const images = [
    dockerImageRecord({
      tags: ['alpine:3.20', 'alpine:latest'],
      platforms: [
        platformRecord('amd64', 'native', { sizeBytes: 3.5 * MiB }),
        platformRecord('arm64', 'emulated', { sizeBytes: 4 * MiB }),
        platformRecord('386', 'native', { present: false }),
        platformRecord('arm/v7', 'off', { present: false }),
        platformRecord('ppc64le', 'off', { present: false }),
        platformRecord('riscv64', 'emulated', { present: false }),
        platformRecord('s390x', 'off', { present: false }),
        platformRecord(null, 'unsupported', { platform: 'linux/arm/v6', present: false }),
      ],
    }),
    dockerImageRecord({
      tags: ['ghcr.io/acme/api:2.4.1'],
      createdAt: Date.now() - 3 * 3_600_000,
      platforms: [
        platformRecord('arm64', 'emulated', { sizeBytes: 212 * MiB }),
        platformRecord('amd64', 'native', { present: false }),
      ],
    }),
    dockerImageRecord({
      tags: ['acme/ledger:z'],
      platforms: [platformRecord('s390x', 'off', { sizeBytes: 96 * MiB })],
    }),
    dockerImageRecord({
      tags: ['acme/module:wasm'],
      createdAt: null,
      platforms: [
        platformRecord(null, 'unsupported', { platform: 'wasi/wasm\u202eliam', sizeBytes: 2 * MiB }),
      ],
    }),
    dockerImageRecord({ tags: [], platforms: [platformRecord('amd64', 'native', { sizeBytes: 810 * MiB })] }),
    dockerImageRecord({ tags: [hostileTag, `registry.example/${'deep/'.repeat(30)}image:1`] }),
    dockerImageRecord({
      tags: ['acme/everywhere:1'],
      platforms: arches.map((arch) =>
        platformRecord(arch, arch === 'amd64' || arch === '386' ? 'native' : 'emulated'),
      ),
    }),
  ];
  return Object.fromEntries(images.map((image) => [`${image.vm}/${image.id}`, image]));
}
