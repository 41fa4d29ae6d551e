import type { HostArch } from '../../contract/arch.ts';
import { isAbort } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { JobReporter } from '../state/jobs.ts';
import type { GuestLink, PackageFiles } from '../vm/ports.ts';
import type { ArchRow } from './arch-table.ts';
import { type EmulatorId, emulatorPath, fetchEmulator } from './emulator-binary.ts';

export interface DeliverEmulatorOptions {
  readonly row: ArchRow;
  readonly vmArch: HostArch;
  readonly link: GuestLink;
  readonly packages: PackageFiles;
  /** What was delivered last; null when nothing ever was. */
  readonly known: EmulatorId | null;
  /** Whether that is still on the VM's data disk, whole. */
  readonly present: Promise<boolean>;
  readonly job: JobReporter;
  /** Told now and then, for people: "uploading 4.2 of 13.7 MB". */
  readonly onActivity: (words: string) => void;
  readonly log: Log;
}

/** More often nobody can read it. */
const activityIntervalMs = 250;

/**
 * Sees to it that the newest emulator that can be had lies on the VM's data disk. The one that is there serves when
 * packages cannot be had.
 */
export async function deliverEmulator(options: DeliverEmulatorOptions): Promise<EmulatorId> {
  const { row, link, known, present, job } = options;
  const show = throttled(options.onActivity);
  const onProgress = (verb: string) => (doneBytes: number, totalBytes: number | null) => {
    job.progress(doneBytes, totalBytes);
    show(`${verb} ${transferWords(doneBytes, totalBytes)}`);
  };
  const downloading = onProgress('downloading');
  job.phase('fetching');
  const fetched = await fetchEmulator({
    packages: options.packages,
    row,
    vmArch: options.vmArch,
    signal: job.signal,
    onProgress: (doneBytes, totalBytes) => {
      downloading(doneBytes, totalBytes);
      // Half a gigabyte of emulators comes out of a package of 60 MB; that takes its time too.
      if (doneBytes === totalBytes) options.onActivity('unpacking the package');
    },
  }).catch(async (thrown: unknown) => {
    if (isAbort(thrown) || !(await present)) throw thrown;
    options.log.warn(
      { arch: row.arch, err: thrown },
      'no newer emulator to be had; the one in the VM serves',
    );
    return null;
  });
  if (known && (fetched === null || fetched.sha256 === known.sha256) && (await present)) return known;
  if (!fetched) throw new TypeError('an emulator that is present is also known');

  job.phase('uploading');
  const { content, ...id } = fetched;
  const uploading = onProgress('uploading');
  await link.writeFile(emulatorPath(row, id), content, {
    mode: 0o755,
    signal: job.signal,
    onProgress: (doneBytes) => uploading(doneBytes, id.sizeBytes),
  });
  return id;
}

function throttled(tell: (words: string) => void): (words: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  return (words) => {
    if (performance.now() - toldAt < activityIntervalMs) return;
    toldAt = performance.now();
    tell(words);
  };
}

function transferWords(doneBytes: number, totalBytes: number | null): string {
  const total = totalBytes === null ? '' : ` of ${megabytes(totalBytes)}`;
  return `${megabytes(doneBytes)}${total} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
