import type { Arch } from '../../../contract/arch.ts';
import type { DockerImage, ImagePlatform } from '../../../contract/docker-images.ts';
import type { Forecast, Warning } from '../../../contract/launch.ts';
import type { Handler } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';
import { toEngineError } from '../../base/engine-error.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { choosePlatform } from './choose-platform.ts';
import { findImage, type ImageReference, parseReference } from './image-reference.ts';
import { type KnownImageRule, knownWarnings, offersIsa } from './known-images.ts';
import { platformExecution } from './platform-execution.ts';
import { registryPlatforms } from './registry-platforms.ts';

/** Someone waits for it; a registry that is slower than this can still be pulled from. */
const registryTimeoutMs = 20_000;

export interface ForecastOptions {
  readonly connection: DockerConnection;
  readonly rules: readonly KnownImageRule[];
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly images: readonly DockerImage[];
  readonly image: string;
  readonly arch: Arch | null;
}

/** Whether and how an image would run in a VM, by what its handlers were seen to do. */
export async function forecast(options: ForecastOptions): Promise<Forecast> {
  const { connection, handlers, image, arch } = options;
  const { vm } = connection;
  const found = await findPlatforms(options);
  const { platforms, readFrom } = found;
  const chosen = platforms === null ? null : choosePlatform(platforms, arch);
  const native = platforms?.find((one) => one.execution === 'native') ?? null;
  const handler = chosen?.arch ? handlers[handlerKey(vm.name, chosen.arch)] : undefined;
  const isaLevel = chosen?.execution === 'native' ? null : (handler?.lastTest?.isaLevel ?? null);
  const warnings = chosen
    ? warningsAbout({ ...options, chosen, native, handler, isaLevel })
    : [nothingToStart(found, image, arch)];
  return {
    image,
    platforms,
    readFrom,
    chosen,
    native,
    isaLevel,
    warnings: warnings.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity)),
    price: chosen?.execution === 'native' ? null : (handler?.price ?? null),
  };
}

const severities: readonly Warning['severity'][] = ['stop', 'risk', 'note'];

interface Found {
  readonly platforms: ImagePlatform[] | null;
  readonly readFrom: Forecast['readFrom'];
  /** Why the registry did not tell. */
  readonly problem: string | null;
}

/** In the VM first. An image there has all its platforms in its index, pulled or not. */
async function findPlatforms({ connection, handlers, images, image }: ForecastOptions): Promise<Found> {
  const local = findImage(images, image);
  if (local && local.platforms.length > 0) {
    return { platforms: local.platforms, readFrom: 'vm', problem: null };
  }
  const { vm, docker, signal } = connection;
  try {
    const either = AbortSignal.any([signal, AbortSignal.timeout(registryTimeoutMs)]);
    const offered = await registryPlatforms(docker, parseReference(image), either);
    const platforms = offered.map((one) => ({
      ...one,
      execution: platformExecution(one.arch, vm, handlers),
    }));
    return { platforms, readFrom: 'registry', problem: null };
  } catch (thrown) {
    const error = toEngineError(thrown);
    if (error.code === 'bad_input') throw error;
    const problem = signal.aborted ? 'the VM went away' : error.message;
    return { platforms: null, readFrom: null, problem };
  }
}

function nothingToStart(found: Found, image: string, arch: Arch | null): Warning {
  const { platforms, problem } = found;
  if (platforms === null) {
    return stop(`"${image}" is not in the VM, and its registry did not tell about it: ${problem}`);
  }
  const has = platforms.map(({ platform }) => platform).join(', ') || 'none at all';
  return stop(`"${image}" does not exist for ${arch ?? 'any platform known here'}. It exists for ${has}.`);
}

function warningsAbout(
  options: ForecastOptions & {
    chosen: ImagePlatform;
    native: ImagePlatform | null;
    handler: Handler | undefined;
    isaLevel: string | null;
  },
): Warning[] {
  const { chosen, native, handler, image, isaLevel, rules } = options;
  const warnings: Warning[] = [];
  if (!chosen.present) warnings.push(note(`${chosen.platform} of "${image}" has to be pulled first.`));
  if (chosen.execution === 'native' || chosen.arch === null) {
    return chosen.arch === null ? [unsupported(chosen), ...warnings] : warnings;
  }
  warnings.push(...handlerWarnings(chosen, chosen.arch, handler));
  if (native) {
    warnings.push(
      note(
        `The image also exists for ${native.platform}, which this VM runs without emulation: much faster.`,
      ),
    );
  }
  const needed = isaOf(chosen.platform);
  if (needed !== null && isaLevel !== null && !offersIsa(isaLevel, needed)) {
    warnings.push(
      stop(`${chosen.platform} needs ${needed}; the emulator was seen to offer no more than ${isaLevel}.`),
    );
  }
  const reference = referenceOf(options);
  if (reference) warnings.push(...knownWarnings(rules, { reference, arch: chosen.arch, isaLevel }));
  return warnings;
}

/** An image named by its id still has a name that is known, perhaps. */
function referenceOf({ images, image }: ForecastOptions): ImageReference | null {
  const name = findImage(images, image)?.tags[0] ?? image;
  return name.startsWith('sha256:') ? null : parseReference(name);
}

function handlerWarnings(chosen: ImagePlatform, arch: Arch, handler: Handler | undefined): Warning[] {
  if (!handler || chosen.execution === 'unsupported') return [unsupported(chosen)];
  if (handler.state === 'failed') {
    return [stop(`${arch} does not work in this VM: ${handler.error?.message ?? 'its self-test failed.'}`)];
  }
  if (handler.state !== 'on') {
    return [
      stop(`${arch} is off in this VM: its programs would end with "exec format error". Switch it on.`),
    ];
  }
  const { lastTest } = handler;
  if (lastTest === null) return [note(`${arch} has not been tested yet since this VM started.`)];
  return lastTest.steps.flatMap(({ consequence }) =>
    consequence === null ? [] : [{ severity: 'risk' as const, text: consequence, source: null }],
  );
}

/** The level a platform's variant asks for, `linux/amd64/v3` is `x86-64-v3`; null where it asks for none. */
function isaOf(platform: string): string | null {
  const level = /^linux\/amd64\/(?<level>v[2-4])$/.exec(platform)?.groups?.level;
  return level === undefined ? null : `x86-64-${level}`;
}

function unsupported({ platform }: ImagePlatform): Warning {
  return stop(`This VM has no emulator for ${platform}.`);
}

function stop(text: string): Warning {
  return { severity: 'stop', text, source: null };
}

function note(text: string): Warning {
  return { severity: 'note', text, source: null };
}
