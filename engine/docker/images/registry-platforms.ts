import type Dockerode from 'dockerode';
import { z } from 'zod';
import { explainDockerError } from '../docker-error.ts';
import { archOf, OciPlatform, platformText } from '../oci-platform.ts';
import type { StoredPlatform } from './image-platforms.ts';
import type { ImageReference } from './image-reference.ts';

/** Answer of `GET /distribution/{name}/json` (Docker Engine API 1.45, `DistributionInspect`). */
const Distribution = z.object({
  Descriptor: z.object({ digest: z.string().default('') }),
  Platforms: z.array(OciPlatform).default([]),
});

/** Provenance beside the platforms has the platform `unknown/unknown`. */
const isPlatform = ({ os }: OciPlatform): boolean => os !== 'unknown' && os !== '';

/** What the image's registry offers, asked by dockerd. Throws `docker_failed` in Docker's words. */
export async function registryPlatforms(
  docker: Dockerode,
  { text }: ImageReference,
  signal: AbortSignal,
): Promise<StoredPlatform[]> {
  let answer: unknown;
  try {
    answer = await docker.getImage(text).distribution({ abortSignal: signal });
  } catch (thrown) {
    throw explainDockerError(thrown, `The registry did not tell about "${text}"`);
  }
  const { Descriptor: top, Platforms: platforms } = Distribution.parse(answer);
  return platforms.filter(isPlatform).map((platform) => ({
    platform: platformText(platform),
    arch: archOf(platform),
    digest: top.digest,
    present: false,
    sizeBytes: 0,
  }));
}
