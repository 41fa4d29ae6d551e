import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostArch } from '../../contract/arch.ts';
import type { GuestImage } from '../../contract/records.ts';
import { collectGarbage } from '../base/collect-garbage.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';
import { SharedWork } from '../base/shared-work.ts';
import type { Jobs } from '../state/jobs.ts';
import type { ComposedImage, GuestImages } from '../vm/ports.ts';
import { composeImage, composingPrefix, imageFiles } from './compose.ts';
import { kernelCommandLine } from './kernel-command-line.ts';
import { Manifest } from './manifest.ts';
import type { LoadedTemplate } from './template.ts';
import { listsMaxAgeMs, type TemplateSource } from './template-source.ts';

/** GuestImages with what the command line needs besides. */
export interface ComposedImages extends GuestImages {
  /** Composes from package lists fetched now; the image at hand when nothing has changed. */
  build(options: { arch: HostArch; signal: AbortSignal }): Promise<ComposedImage>;
  /** Every complete image on disk, of whatever template, newest first. */
  list(): Promise<GuestImage[]>;
  /** Removes what a killed engine left half made. To be called once, before anything is composed. */
  removeLeftovers(): Promise<void>;
}

export function createGuestImages(options: { source: TemplateSource; jobs: Jobs }): ComposedImages {
  const { source, jobs } = options;
  const { paths } = source;
  const composing = new SharedWork<ComposedImage>();

  const compose = async (arch: HostArch, maxAgeMs: number, signal: AbortSignal): Promise<ComposedImage> => {
    const loaded = await source.load();
    const architecture = loaded.template.architectures[arch];
    if (!architecture) throw noSuchArchitecture(loaded, arch);
    const title = `Guest image ${loaded.template.name} for ${arch}`;
    const id = await jobs.run({ kind: 'compose-image', title, signal }, (reporter) =>
      composeImage({
        loaded,
        arch,
        architecture,
        archive: source.archive(loaded),
        imagesFolder: paths.images,
        listsMaxAgeMs: maxAgeMs,
        reporter,
      }),
    );
    await collectGarbage();
    const image = await readImage(paths.images, id);
    if (image) return image.composed;
    throw new EngineError({ code: 'image_failed', message: `Image "${id}" vanished after it was made.` });
  };

  const shared = (arch: HostArch, maxAgeMs: number, signal: AbortSignal): Promise<ComposedImage> =>
    composing.run(arch, signal, (untilLastHasGone) => compose(arch, maxAgeMs, untilLastHasGone));

  const find = async (arch: HostArch): Promise<ComposedImage | null> => {
    const { hash } = await source.load();
    const images = await readImages(paths.images);
    const fitting = images.filter(
      (image) => image.templateHash === hash && image.composed.record.arch === arch,
    );
    return fitting[0]?.composed ?? null;
  };

  return {
    find,
    byId: async (id) => (await readImage(paths.images, id))?.composed ?? null,
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
        rootSha256: manifest.files[imageFiles.root] ?? '',
        kernelPath: join(root, imageFiles.kernel),
        emulatedKernelPath: join(
          root,
          imageFiles.uncompressedKernel in manifest.files ? imageFiles.uncompressedKernel : imageFiles.kernel,
        ),
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
