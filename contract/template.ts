import { z } from 'zod';
import { HostArch } from './arch.ts';

/** A Debian package name, policy 5.6.1. */
const PackageName = z.string().regex(/^[a-z0-9][a-z0-9+.-]+$/, 'not a Debian package name');

/** A suite of the main archive or of the security archive. */
const TemplateSuite = z.strictObject({
  archive: z.enum(['debian', 'debian-security']),
  suite: z.string(),
  components: z.array(z.string()).min(1),
});

/**
 * `vm-templates/<name>/template.yaml`: what a guest image is made of. Unknown keys are refused, so that a typing
 * error is an error and not a silent default.
 */
export const VmTemplate = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/),
  title: z.string(),
  /** Suites of the main archive and of the security archive, most basic first. */
  suites: z.array(TemplateSuite).min(1),
  /** Public mirrors, asked after the person's setting and the host's own; one base URL per archive. */
  mirrors: z
    .array(
      z.strictObject({
        debian: z.url({ protocol: /^https?$/ }),
        'debian-security': z.url({ protocol: /^https?$/ }),
      }),
    )
    .min(1),
  architectures: z
    .partialRecord(HostArch, z.strictObject({ debian: z.string(), kernel: PackageName, console: z.string() }))
    .refine((value) => Object.keys(value).length > 0, 'at least one architecture'),
  /** Packages asked for; their dependency closure is what gets installed. */
  packages: z.array(PackageName).min(1),
  /** Packages never taken, though something depends on them, with the reason why that is safe. */
  without: z.record(PackageName, z.string().min(10)),
  /** Paths left out of the image, as globs relative to `/`. */
  exclude: z.array(z.string()),
  /** Kernel modules, without `.ko`, loaded by the initrd before the root is mounted. */
  initrdModules: z.array(z.string()).min(1),
  /** Kernel modules put into the root image with all they depend on. */
  rootModules: z.array(z.string()).min(1),
  defaults: z.strictObject({
    memoryMiB: z.number().int().min(512),
    diskGiB: z.number().int().min(4),
  }),
});
export type VmTemplate = z.infer<typeof VmTemplate>;

/**
 * `vm-templates/<name>/emulators.yaml`: where emulators come from besides the template's own suites, which count as
 * `stable`. Apart from template.yaml because no image depends on it.
 */
export const EmulatorSources = z.strictObject({ backports: z.array(TemplateSuite).min(1) });
export type EmulatorSources = z.infer<typeof EmulatorSources>;
