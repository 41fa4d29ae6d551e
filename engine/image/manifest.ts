import { z } from 'zod';
import { GuestImage } from '../../contract/records.ts';

/** `manifest.json` of a composed image: what it was made of, so that anybody can check it. */
export const Manifest = z.object({
  image: GuestImage,
  templateHash: z.string(),
  console: z.string(),
  packages: z.array(
    z.object({ name: z.string(), version: z.string(), archive: z.string(), sha256: z.string() }),
  ),
  /** Files two packages bring with different things in them, and whose was kept. */
  conflicts: z.array(z.object({ path: z.string(), kept: z.string(), dropped: z.string() })),
  /** SHA-256 of each file of the image. */
  files: z.record(z.string(), z.string()),
});
export type Manifest = z.infer<typeof Manifest>;
