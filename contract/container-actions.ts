import { z } from 'zod';
import { VmName } from './records.ts';

/** `pause` freezes every process of the container, `resume` lets them run on. */
export const containerActions = ['start', 'stop', 'restart', 'kill', 'pause', 'resume'] as const;
export const ContainerAction = z.enum(containerActions);
export type ContainerAction = z.infer<typeof ContainerAction>;

/** One container of one VM: its id, the first 12 or more characters of it, or its name. */
export const OfContainer = z.object({ vm: VmName, container: z.string().min(1).max(300) });
export type OfContainer = z.infer<typeof OfContainer>;

/** Every container of a Compose project in one VM. */
export const OfProject = z.object({
  vm: VmName,
  project: z.string().min(1).max(300),
  action: z.enum(['start', 'stop', 'restart']),
});
export type OfProject = z.infer<typeof OfProject>;

/** What removing a container takes away, to be read before it is asked for. */
export const Removal = z.object({
  /** What it wrote outside of volumes; null where Docker does not know. */
  writtenBytes: z.number().nonnegative().nullable(),
  /** Volumes without a name, made for it alone: nothing leads to them any more once it is gone. */
  anonymousVolumes: z.array(z.string()),
  /** Volumes with a name; they stay. */
  namedVolumes: z.array(z.string()),
});
export type Removal = z.infer<typeof Removal>;
