import { EngineError, isAbort, toEngineError } from '../base/engine-error.ts';
import type { ComposedImage, GuestImages, VmRecord } from './ports.ts';
import type { VmChange } from './vm-change.ts';

/**
 * The newest image of the VM's architecture, composed first when there is none. Throws `unknown_arch`, or as composing
 * does.
 */
export async function imageToBoot(options: {
  readonly vm: VmRecord;
  readonly images: GuestImages;
  readonly commit: (change: VmChange) => void;
  readonly signal: AbortSignal;
}): Promise<ComposedImage> {
  const { vm, images, commit, signal } = options;
  if (vm.arch !== 'amd64' && vm.arch !== 'arm64') {
    throw new EngineError({
      code: 'unknown_arch',
      message: `VM "${vm.name}" cannot be started: there is no guest image for ${vm.arch}.`,
    });
  }
  const found = await images.find(vm.arch);
  if (found) return found;
  commit({ state: 'composing', error: null });
  try {
    return await images.ensure({ arch: vm.arch, signal });
  } catch (thrown) {
    commit({ state: 'absent', error: isAbort(thrown) ? null : toEngineError(thrown).toWire() });
    throw thrown;
  }
}
