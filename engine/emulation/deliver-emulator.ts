import type { HostArch } from '../../contract/arch.ts';
import { EngineError, isAbort } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import type { JobReporter } from '../state/jobs.ts';
import type { GuestLink, PackageFiles } from '../vm/ports.ts';
import type { ArchRow } from './arch-table.ts';
import { type EmulatorBinary, emulatorPath, fetchEmulator } from './emulator-binary.ts';
import type { EmulatorTarget } from './emulator-choices.ts';
import type { EmulatorId } from './wanted-emulators.ts';

export interface DeliverEmulatorOptions {
  readonly row: ArchRow;
  readonly vmArch: HostArch;
  readonly link: GuestLink;
  readonly packages: PackageFiles;
  readonly target: EmulatorTarget;
  /** Those which have been delivered before and are still on the VM's data disk, whole. */
  readonly present: Promise<readonly EmulatorId[]>;
  readonly job: JobReporter;
  /** Told now and then, for people: "uploading 4.2 of 13.7 MB". */
  readonly onActivity: (words: string) => void;
  readonly log: Log;
}

/** More often nobody can read it. */
const activityIntervalMs = 250;

/**
 * Sees to it that the emulator lies on the VM's data disk. Where the newest of a suite is asked for and packages
 * cannot be had, the one of that suite which is there serves.
 */
export async function deliverEmulator(options: DeliverEmulatorOptions): Promise<EmulatorId> {
  const { row, link, target, job } = options;
  const { exactly } = target;
  if (exactly) {
    const there = (await options.present).find((id) => id.sha256 === exactly.sha256);
    if (there) return there;
  }
  const show = throttled(options.onActivity);
  const onProgress = (verb: string) => (doneBytes: number, totalBytes: number | null) => {
    job.progress(doneBytes, totalBytes);
    show(`${verb} ${transferWords(doneBytes, totalBytes)}`);
  };
  job.phase('fetching');
  const fetched = await fetchOrFind(options, onProgress('downloading'));
  const present = (await options.present).find((id) => id.sha256 === fetched.sha256);
  if (present) return present;
  if (!('content' in fetched)) throw new TypeError('what is not fetched is present');
  if (exactly && fetched.sha256 !== exactly.sha256) throw goneFromDebian(row, exactly, fetched);

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

async function fetchOrFind(
  options: DeliverEmulatorOptions,
  onProgress: (doneBytes: number, totalBytes: number | null) => void,
): Promise<EmulatorBinary | EmulatorId> {
  const { row, target, job } = options;
  const suite = target.newestOf ?? target.exactly.suite;
  try {
    return await fetchEmulator({
      packages: options.packages,
      row,
      vmArch: options.vmArch,
      suite,
      signal: job.signal,
      onProgress: (doneBytes, totalBytes) => {
        onProgress(doneBytes, totalBytes);
        // Half a gigabyte of emulators comes out of a package of 60 MB; that takes its time too.
        if (doneBytes === totalBytes) options.onActivity('unpacking the package');
      },
    });
  } catch (thrown) {
    const there = (await options.present).find((id) => id.suite === suite);
    if (isAbort(thrown) || target.exactly || !there) throw thrown;
    options.log.warn({ arch: row.arch, suite, err: thrown }, 'no package to be had; the VM has an emulator');
    return there;
  }
}

function goneFromDebian(row: ArchRow, wanted: EmulatorId, has: EmulatorId): EngineError {
  return new EngineError({
    code: 'package_missing',
    message: `${row.emulator} ${wanted.version} is gone from the VM's data disk, and Debian has ${has.version} instead.`,
    hint: `Choose another version, such as ${has.suite}.`,
  });
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
