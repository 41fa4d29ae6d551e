import { z } from 'zod';
import { Arch } from './arch.ts';
import { ImagePlatform } from './docker-images.ts';
import { EnvironmentVariables } from './doctor.ts';
import { Price } from './emulation.ts';

/** A path as Docker takes it for a mount: absolute. */
const MountPath = z
  .string()
  .max(4_096)
  .startsWith('/')
  .refine((path) => !path.includes('\0'), 'a path has no zero byte');

/** A container to be started from here. Everything else is what `docker run` is for. */
export const Launch = z.object({
  /** A reference as Docker writes it. */
  image: z.string().min(1).max(500),
  /** Null: the VM's own architecture where the image has it. */
  arch: Arch.nullable(),
  name: z
    .string()
    .regex(
      /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/,
      'a container name is two or more letters, digits, _, . and -',
    )
    .nullable(),
  /** Empty: the image's own. */
  command: z.array(z.string()),
  env: EnvironmentVariables,
  ports: z.array(
    z.object({
      hostPort: z.number().int().min(1).max(65_535),
      containerPort: z.number().int().min(1).max(65_535),
    }),
  ),
  /** Folders or files of the host, which have to lie in a share. */
  binds: z
    .array(z.object({ hostPath: MountPath, containerPath: MountPath, readOnly: z.boolean() }))
    .max(100)
    .default([]),
});
export type Launch = z.infer<typeof Launch>;

/** Something to know before a start. `stop`: it will not run as things are. */
export const Warning = z.object({
  severity: z.enum(['stop', 'risk', 'note']),
  text: z.string(),
  /** Where this is known from. */
  source: z.string().nullable(),
});
export type Warning = z.infer<typeof Warning>;

/** Whether an image would run, how, and at what price. */
export const Forecast = z.object({
  image: z.string(),
  /** Null: neither in the VM nor did its registry answer. */
  platforms: z.array(ImagePlatform).nullable(),
  /** Where they were read: in the VM, or at the image's registry. */
  readFrom: z.enum(['vm', 'registry']).nullable(),
  /** What would be started; null when nothing can be. */
  chosen: ImagePlatform.nullable(),
  /** The image also has the VM's own architecture. */
  native: ImagePlatform.nullable(),
  /** What the chosen platform's handler was seen to offer, such as `x86-64-v3`; null when unknown. */
  isaLevel: z.string().nullable(),
  warnings: z.array(Warning),
  /** Null when it runs natively or has not been measured. */
  price: Price.nullable(),
});
export type Forecast = z.infer<typeof Forecast>;
