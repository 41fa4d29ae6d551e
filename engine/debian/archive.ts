import { createReadStream } from 'node:fs';
import { mkdir, readFile, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Key } from 'openpgp';
import { readFileIfAny, writeFileAtomic } from '../base/atomic-file.ts';
import { explainDiskFull } from '../base/disk-full.ts';
import { EngineError, errnoOf, toEngineError } from '../base/engine-error.ts';
import { httpGetResponse } from '../base/http-get.ts';
import type { Log } from '../base/log.ts';
import type { BlobCache } from './blob-cache.ts';
import { networkReason } from './download.ts';
import type { Mirrors } from './mirrors.ts';
import { type ArchiveName, type DebianPackage, PackageIndex } from './package-index.ts';
import { PackageList } from './package-list.ts';
import { type Release, readKeyring, refuseExpired, verifyRelease } from './release.ts';
import { decompressXz } from './xz.ts';

/** Mirrors answer a small file within this or are taken for unreachable. */
const releaseTimeoutMs = 20_000;

/** Debian's are about 150 kB; more is not a release. */
const maxReleaseBytes = 4_000_000;

export interface Suite {
  readonly archive: ArchiveName;
  readonly suite: string;
  readonly components: readonly string[];
}

export type ByteProgress = (doneBytes: number, totalBytes: number) => void;

export interface IndexOptions {
  readonly suites: readonly Suite[];
  readonly architecture: string;
  readonly maxAgeMs: number;
  readonly signal: AbortSignal;
  readonly onProgress?: ByteProgress;
}

/** A signed Debian archive as a cache folder with mirrors behind it. Everything handed out has been verified. */
export class DebianArchive {
  readonly #listsFolder: string;
  readonly #blobs: BlobCache;
  readonly #keyringPath: string;
  readonly #mirrors: () => Promise<Mirrors>;
  readonly #log: Log;

  constructor(options: {
    /** Where verified `InRelease` files are kept. */
    listsFolder: string;
    blobs: BlobCache;
    keyringPath: string;
    mirrors: () => Promise<Mirrors>;
    log: Log;
  }) {
    this.#listsFolder = options.listsFolder;
    this.#blobs = options.blobs;
    this.#keyringPath = options.keyringPath;
    this.#mirrors = options.mirrors;
    this.#log = options.log;
  }

  /**
   * The packages of `suites` for one Debian architecture. Lists checked less than `maxAgeMs` ago are taken from the
   * cache; so are they when no mirror can be reached, however old. Throws `mirror_unreachable`, `signature_invalid`,
   * `hash_mismatch`, `download_failed`, `disk_full`.
   */
  async index(options: IndexOptions): Promise<PackageIndex> {
    try {
      return await this.#index(options);
    } catch (thrown) {
      const { code } = toEngineError(thrown);
      const isStale = options.maxAgeMs > 0 && (code === 'download_failed' || code === 'hash_mismatch');
      if (!isStale) throw thrown;
      // Mirrors drop old lists: cached release files may name some which are gone.
      return await this.#index({ ...options, maxAgeMs: 0 });
    }
  }

  async #index(options: IndexOptions): Promise<PackageIndex> {
    const keys = await readKeyring(await readFile(this.#keyringPath));
    const mirrors = await this.#mirrors();
    const releases = await Promise.all(
      options.suites.map(async (suite) => ({
        suite,
        release: await this.#release(suite, { keys, mirrors, ...options }),
      })),
    );
    const files = releases.flatMap(({ suite, release }) =>
      suite.components.map((component) => {
        const path = `${component}/binary-${options.architecture}/Packages.xz`;
        const file = release.files.get(path);
        if (!file) throw missingIndex(suite, path);
        // A mirror being updated has old and new lists by hash, but only one under the plain name.
        const byHash = path.replace(/Packages\.xz$/, `by-hash/SHA256/${file.sha256}`);
        const names = release.acquireByHash ? [byHash, path] : [path];
        const urls = mirrors[suite.archive].flatMap((mirror) =>
          names.map((name) => `${mirror.url}/dists/${suite.suite}/${name}`),
        );
        return { archive: suite.archive, blob: { ...file, urls }, label: `${suite.suite}/${path}` };
      }),
    );
    const paths = await this.#blobs.fetch(
      files.map((file) => file.blob),
      options,
    );
    const lists = await Promise.all(
      files.map(async (file, at) => ({
        archive: file.archive,
        list: await PackageList.read(
          decompressXz(createReadStream(paths[at] ?? ''), { source: file.label, signal: options.signal }),
        ),
      })),
    );
    return new PackageIndex(lists);
  }

  /** Verified .deb files, in the order of `packages`. */
  async fetch(
    packages: readonly DebianPackage[],
    options: { signal: AbortSignal; onProgress?: ByteProgress | undefined },
  ): Promise<string[]> {
    const mirrors = await this.#mirrors();
    const blobs = packages.map((item) => ({
      sha256: item.sha256,
      sizeBytes: item.sizeBytes,
      urls: mirrors[item.archive].map((mirror) => `${mirror.url}/${item.filename}`),
    }));
    return await this.#blobs.fetch(blobs, options);
  }

  async #release(
    suite: Suite,
    options: { keys: Key[]; mirrors: Mirrors; maxAgeMs: number; signal: AbortSignal },
  ): Promise<Release> {
    const cachePath = join(this.#listsFolder, `${suite.archive}_${suite.suite}.InRelease`);
    const now = new Date();
    const verified = (inRelease: string, source: string): Promise<Release> =>
      verifyRelease({ inRelease, keys: options.keys, source, suite: suite.suite, now });

    const age = await ageMs(cachePath, now);
    if (age !== null && age < options.maxAgeMs) {
      return await verified(await readFile(cachePath, 'utf8'), cachePath);
    }
    const reasons: string[] = [];
    let untrusted: EngineError | undefined;
    for (const mirror of options.mirrors[suite.archive]) {
      const url = `${mirror.url}/dists/${suite.suite}/InRelease`;
      try {
        const text = await fetchText(url, options.signal);
        const release = await verified(text, url);
        refuseExpired(release, url, now);
        await this.#keep(cachePath, text);
        return release;
      } catch (thrown) {
        options.signal.throwIfAborted();
        const error = toEngineError(thrown);
        if (error.code === 'disk_full') throw error;
        if (error.code === 'signature_invalid') untrusted ??= error;
        reasons.push(`${url} (${mirror.origin}): ${networkReason(thrown)}`);
      }
    }
    if (untrusted) {
      throw new EngineError({
        code: untrusted.code,
        message: untrusted.message,
        hint: untrusted.hint,
        details: { ...untrusted.details, mirrors: reasons.join('\n') },
        cause: untrusted,
      });
    }
    if (age !== null) {
      this.#log.warn({ suite: suite.suite, reasons }, 'no mirror can be reached; using cached package lists');
      return await verified(await readFile(cachePath, 'utf8'), cachePath);
    }
    throw new EngineError({
      code: 'mirror_unreachable',
      message: `No Debian mirror for "${suite.suite}" can be reached, and nothing is cached yet.`,
      hint: 'Check the network connection, or name a mirror that this machine can reach (setting "mirror", or FOREDECK_MIRROR).',
      details: { mirrors: reasons.join('\n') },
    });
  }

  async #keep(path: string, text: string): Promise<void> {
    await mkdir(this.#listsFolder, { recursive: true, mode: 0o700 });
    try {
      if ((await readFileIfAny(path)) === text) await utimes(path, new Date(), new Date());
      else await writeFileAtomic(path, text);
    } catch (thrown) {
      throw explainDiskFull(thrown, 'the package lists', path);
    }
  }
}

function missingIndex(suite: Suite, path: string): EngineError {
  return new EngineError({
    code: 'package_missing',
    message: `Suite "${suite.suite}" has no "${path}".`,
    hint: 'Check suites, components and architecture names in the template.',
  });
}

async function ageMs(path: string, now: Date): Promise<number | null> {
  try {
    return now.getTime() - (await stat(path)).mtimeMs;
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return null;
    throw thrown;
  }
}

async function fetchText(url: string, signal: AbortSignal): Promise<string> {
  const deadline = AbortSignal.timeout(releaseTimeoutMs);
  try {
    const response = await httpGetResponse(url, {
      signal: AbortSignal.any([signal, deadline]),
      headers: { 'accept-encoding': 'identity' },
    });
    if (!response.ok || !response.body) {
      await response.body?.cancel();
      throw new Error(`HTTP ${response.status} ${response.statusText}`.trim());
    }
    const chunks: Uint8Array[] = [];
    let sizeBytes = 0;
    for await (const chunk of response.body) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxReleaseBytes) throw new Error('the answer is too large for a release file');
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    // Captive portals answer every request with a page: that is a missing mirror, not a forged one.
    if (!text.startsWith('-----BEGIN PGP SIGNED MESSAGE-----'))
      throw new Error('the answer is no release file');
    return text;
  } catch (thrown) {
    if (deadline.aborted && !signal.aborted) {
      throw new Error(`no answer within ${releaseTimeoutMs / 1_000} s`, { cause: thrown });
    }
    throw thrown;
  }
}
