import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Arch } from '../../../contract/arch.ts';
import type { DockerImage } from '../../../contract/docker-images.ts';
import type { Jobs } from '../../state/jobs.ts';
import type { PackageFiles } from '../../vm/ports.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { busyboxFilesystem } from './busybox-filesystem.ts';
import { parseReference } from './image-reference.ts';
import { sendArchive } from './send-archive.ts';

const programPath = 'usr/bin/busybox';

/** Says what it runs on, then the time until it is stopped: something to see in the log and in the process tree. */
const script =
  'trap "exit 0" TERM; echo "Hello from a $(uname -m) program."; while :; do date; sleep 5 & wait $!; done';

/**
 * Makes `foredeck-sample:<arch>` out of Debian's signed busybox-static, so that an architecture can be tried with no
 * registry. Throws `package_missing` where Debian has none, and whatever fetching and importing throw.
 */
export async function sampleImage(options: {
  connection: DockerConnection;
  jobs: Jobs;
  packages: PackageFiles;
  arch: Arch;
}): Promise<DockerImage> {
  const { connection, jobs, packages, arch } = options;
  const reference = parseReference(`foredeck-sample:${arch.replace('/', '-')}`);
  const title = `Image ${reference.text} out of Debian’s busybox`;
  return await jobs.run({ kind: 'docker-image', title, signal: connection.signal }, async (reporter) => {
    reporter.phase('fetching busybox');
    const { folder } = await packages.fetch({
      packageName: 'busybox-static',
      arch,
      key: 'sample',
      wanted: (path) => path === programPath,
      anyAge: true,
      signal: reporter.signal,
      onProgress: (doneBytes, totalBytes) => reporter.progress(doneBytes, totalBytes),
    });
    const tar = await busyboxFilesystem(await readFile(join(folder, programPath)));
    return await sendArchive({
      connection,
      reporter,
      archive: Readable.from([tar]),
      sizeBytes: tar.length,
      what: 'The sample',
      reference,
      platform: `linux/${arch}`,
      changes: [`CMD ${JSON.stringify(['sh', '-c', script])}`],
    });
  });
}
