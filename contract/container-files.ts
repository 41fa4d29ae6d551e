import { z } from 'zod';
import { WireError } from './errors.ts';

/** Something in a folder of a container. Names are hostile text; one that is not UTF-8 holds U+FFFD and cannot be opened. */
export const FileEntry = z.object({
  name: z.string(),
  kind: z.enum(['file', 'folder', 'link', 'device', 'pipe', 'socket']),
  sizeBytes: z.number().nonnegative(),
  /** Epoch milliseconds. */
  modifiedAt: z.number(),
  /** Permission bits, set-user-id and sticky included: 0 to 0o7777. */
  mode: z.number().int().nonnegative(),
  uid: z.number().int().nonnegative(),
  gid: z.number().int().nonnegative(),
  /** Of a link, as it is written; null otherwise. */
  target: z.string().nullable(),
  /** Of a link: what it leads to, inside the container; null where it leads nowhere. */
  leadsTo: z.enum(['file', 'folder']).nullable(),
});
export type FileEntry = z.infer<typeof FileEntry>;

/** A folder of a running container, by name. */
export const FileList = z.object({
  path: z.string(),
  entries: z.array(FileEntry),
  /** Entries left out beyond the bound. */
  omitted: z.number().int().nonnegative(),
});
export type FileList = z.infer<typeof FileList>;

/** As the container sees it; at most PATH_MAX bytes (limits.h). */
export const FilePath = z
  .string()
  .max(4_096)
  .regex(/^\/[^\0]*$/, 'a path begins with / and holds no zero byte');
export type FilePath = z.infer<typeof FilePath>;

/** What is about to be downloaded: a file as it is, a folder as a tar archive. */
export const Download = z.object({
  id: z.string(),
  /** What to call it; hostile text. */
  name: z.string(),
  /** Null where it is not known beforehand. */
  sizeBytes: z.number().nonnegative().nullable(),
});
export type Download = z.infer<typeof Download>;

/**
 * The raw stream of a download, once. Binary messages are its bytes, then comes one text message, `DownloadEnd`, and the
 * stream closes. One that closes without it is not complete. Closing it early ends the download.
 */
export function downloadPath(id: string): string {
  return `/download/${id}`;
}

/** `problem` null: complete. */
export const DownloadEnd = z.object({ type: z.literal('end'), problem: WireError.nullable() });
export type DownloadEnd = z.infer<typeof DownloadEnd>;
