import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { Arch } from '../../contract/arch.ts';
import { EngineError } from '../base/engine-error.ts';
import { openDebData } from '../debian/deb.ts';
import { busyboxFilesystem } from '../docker/images/busybox-filesystem.ts';
import { debianArchitecture } from '../image/debian-architecture.ts';
import { canonicalPath } from '../image/file-tree.ts';
import { listsMaxAgeMs, type TemplateSource } from '../image/template-source.ts';

/**
 * A complete container file system of about 1 MB for any architecture Debian has, as a tar for
 * `docker import --platform linux/<arch>`: Debian's statically linked busybox out of its signed package.
 */
export async function busyboxTar(options: {
  arch: Arch;
  source: TemplateSource;
  signal: AbortSignal;
}): Promise<Buffer> {
  return await busyboxFilesystem(await busyboxProgram(options));
}

async function busyboxProgram(options: {
  arch: Arch;
  source: TemplateSource;
  signal: AbortSignal;
}): Promise<Buffer> {
  const { source, signal } = options;
  const architecture = debianArchitecture(options.arch);
  if (architecture === null) {
    throw new EngineError({
      code: 'package_missing',
      message: `Debian 13 has no packages for ${options.arch}.`,
    });
  }
  const loaded = await source.load();
  const archive = source.archive(loaded);
  // The release alone: mirrors do not always carry security updates of the rarer architectures.
  const suites = loaded.template.suites.slice(0, 1);
  const index = await archive.index({ suites, architecture, maxAgeMs: listsMaxAgeMs, signal });
  const [debPath = ''] = await archive.fetch([index.newest('busybox-static')], { signal });
  const entries = extract();
  const feeding = pipeline(await openDebData(debPath, signal), entries, { signal });
  feeding.catch(() => undefined);
  let program: Buffer | undefined;
  for await (const entry of entries) {
    if (canonicalPath(entry.header.name) === 'usr/bin/busybox') program = await buffer(entry);
    else entry.resume();
  }
  await feeding;
  if (program) return program;
  throw new EngineError({ code: 'package_corrupt', message: `"${debPath}" holds no busybox.` });
}
