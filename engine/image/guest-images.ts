import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostArch } from '../../contract/arch.ts';
import type { GuestImage } from '../../contract/records.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import type { Log } from '../base/log.ts';
import { orAborted } from '../base/time.ts';
import { DebianArchive } from '../debian/archive.ts';
import { hostAptMirrors, mirrorOrder } from '../debian/mirrors.ts';
import type { Paths } from '../paths.ts';
import type { Jobs } from '../state/jobs.ts';
import type { ComposedImage, GuestImages } from '../vm/ports.ts';
import { composeImage, composingPrefix, imageFiles } from './compose.ts';
import { kernelCommandLine } from './kernel-command-line.ts';
import { Manifest } from './manifest.ts';
import { type LoadedTemplate, loadTemplate } from './template.ts';

export interface GuestImagesOptions {
  readonly paths: Paths;
  readonly jobs: Jobs;
  readonly log: Log;
  /** `vm-templates/<name>`. */
  readonly templateFolder: string;
  /** Debian's archive keys. */
  readonly keyringPath: string;
  /** The mirror a person asked for, by setting or FOREDECK_MIRROR; read each time. */
  readonly mirrorSetting: () => string | null;
}

/** GuestImages with what the command line needs besides. */
export interface ComposedImages extends GuestImages {
  /** Composes from package lists fetched now; the image at hand when nothing has changed. */
  build(options: { arch: HostArch; signal: AbortSignal }): Promise<ComposedImage>;
  /** Every complete image on disk, of whatever template, newest first. */
  list(): Promise<GuestImage[]>;
  /** Removes what a killed engine left half made. To be called once, before anything is composed. */
  removeLeftovers(): Promise<void>;
}

/** A running compose, shared by all who asked for it; it stops when the last of them has gone. */
interface Composing {
  readonly promise: Promise<ComposedImage>;
  readonly controller: AbortController;
  waiting: number;
}

/** A start uses package lists up to this old; asking for a build always asks the mirrors. */
const listsMaxAgeMs = 24 * 3_600_000;

export function createGuestImages(options: GuestImagesOptions): ComposedImages {
  const { paths, jobs } = options;
  const composing = new Map<string, Composing>();

  const compose = async (arch: HostArch, maxAgeMs: number, signal: AbortSignal): Promise<ComposedImage> => {
    const loaded = await loadTemplate(options.templateFolder);
    const architecture = loaded.template.architectures[arch];
    if (!architecture) throw noSuchArchitecture(loaded, arch);
    const title = `Guest image ${loaded.template.name} for ${arch}`;
    const id = await jobs.run({ kind: 'compose-image', title, signal }, (reporter) =>
      composeImage({
        loaded,
        arch,
        architecture,
        archive: templateArchive(options, loaded),
        imagesFolder: paths.images,
        listsMaxAgeMs: maxAgeMs,
        reporter,
      }),
    );
    const image = await readImage(paths.images, id);
    if (image) return image.composed;
    throw new EngineError({ code: 'image_failed', message: `Image "${id}" vanished after it was made.` });
  };

  const shared = async (arch: HostArch, maxAgeMs: number, signal: AbortSignal): Promise<ComposedImage> => {
    signal.throwIfAborted();
    let running = composing.get(arch);
    if (!running) {
      const controller = new AbortController();
      const promise = compose(arch, maxAgeMs, controller.signal).finally(() => composing.delete(arch));
      running = { promise, controller, waiting: 0 };
      composing.set(arch, running);
    }
    running.waiting += 1;
    try {
      return await orAborted(running.promise, signal);
    } catch (thrown) {
      if (signal.aborted && running.waiting === 1) {
        running.controller.abort();
        await running.promise.catch(() => undefined);
      }
      throw thrown;
    } finally {
      running.waiting -= 1;
    }
  };

  const find = async (arch: HostArch): Promise<ComposedImage | null> => {
    const { hash } = await loadTemplate(options.templateFolder);
    const images = await readImages(paths.images);
    const fitting = images.filter(
      (image) => image.templateHash === hash && image.composed.record.arch === arch,
    );
    return fitting[0]?.composed ?? null;
  };

  return {
    find,
    ensure: async ({ arch, signal }) => (await find(arch)) ?? (await shared(arch, listsMaxAgeMs, signal)),
    build: ({ arch, signal }) => shared(arch, 0, signal),
    list: async () => (await readImages(paths.images)).map((image) => image.composed.record),
    removeLeftovers: async () => {
      for (const name of await names(paths.images)) {
        if (!name.startsWith(composingPrefix)) continue;
        await rm(join(paths.images, name), { recursive: true, force: true });
      }
    },
  };
}

/** The archive a template's packages come from, behind the mirrors in their order. */
export function templateArchive(
  options: Pick<GuestImagesOptions, 'paths' | 'log' | 'keyringPath' | 'mirrorSetting'>,
  loaded: LoadedTemplate,
): DebianArchive {
  return new DebianArchive({
    cacheFolder: options.paths.cache,
    keyringPath: options.keyringPath,
    log: options.log,
    mirrors: async () =>
      mirrorOrder({
        setting: options.mirrorSetting(),
        hostApt: await hostAptMirrors(),
        template: loaded.template.mirrors,
      }),
  });
}

interface ReadImage {
  readonly composed: ComposedImage;
  readonly templateHash: string;
}

async function readImages(folder: string): Promise<ReadImage[]> {
  const complete = (await names(folder)).filter((name) => !name.startsWith('.'));
  const images = await Promise.all(complete.map((name) => readImage(folder, name)));
  return images
    .filter((image) => image !== null)
    .sort((a, b) => b.composed.record.createdAt - a.composed.record.createdAt);
}

/** Null for a folder which is no image of this version: it is somebody else's, and left alone. */
async function readImage(folder: string, id: string): Promise<ReadImage | null> {
  const root = join(folder, id);
  try {
    const manifest = Manifest.parse(JSON.parse(await readFile(join(root, imageFiles.manifest), 'utf8')));
    return {
      templateHash: manifest.templateHash,
      composed: {
        record: manifest.image,
        rootPath: join(root, imageFiles.root),
        kernelPath: join(root, imageFiles.kernel),
        initrdPath: join(root, imageFiles.initrd),
        console: manifest.console,
        kernelCommandLine: kernelCommandLine({ console: manifest.console, emulated: false }),
        emulatedKernelCommandLine: kernelCommandLine({ console: manifest.console, emulated: true }),
      },
    };
  } catch {
    return null;
  }
}

async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (errnoOf(thrown) === 'ENOENT') return [];
    throw thrown;
  }
}

function noSuchArchitecture(loaded: LoadedTemplate, arch: HostArch): EngineError {
  return new EngineError({
    code: 'unknown_arch',
    message: `Template "${loaded.template.name}" has no architecture "${arch}".`,
    hint: `It has ${Object.keys(loaded.template.architectures).join(', ')}.`,
  });
}
