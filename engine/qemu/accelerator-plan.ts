import { constants, open } from 'node:fs/promises';
import type { Accelerator, AcceleratorTrial } from '../../contract/records.ts';
import { EngineError, errnoOf } from '../base/engine-error.ts';

/** Where Linux offers hardware virtualisation. */
const kvmDevice = '/dev/kvm';

export interface AcceleratorPlan {
  /** To be tried in this order, best first. */
  readonly candidates: readonly Accelerator[];
  /** Why better ones are not among them. */
  readonly ruledOut: readonly AcceleratorTrial[];
}

/**
 * Which accelerators are worth trying here. TCG comes last and works everywhere. One that failed before is left out
 * unless it is asked for by name. Throws `accelerator_failed` when the one asked for cannot exist on this platform.
 */
export async function planAccelerators(options: {
  platform: NodeJS.Platform;
  wanted: Accelerator | 'auto';
  known: ReadonlyMap<Accelerator, AcceleratorTrial>;
}): Promise<AcceleratorPlan> {
  const { platform, wanted, known } = options;
  if (wanted !== 'auto') {
    if (wanted !== 'tcg' && wanted !== hardwareAccelerator(platform)) throw notHere(wanted, platform);
    return { candidates: [wanted], ruledOut: [] };
  }
  const best = hardwareAccelerator(platform);
  if (!best) return { candidates: ['tcg'], ruledOut: [] };
  const remembered = known.get(best);
  if (remembered && !remembered.works) {
    const seen = new Date(remembered.at).toISOString().slice(0, 10);
    const why = `${remembered.why} (seen on ${seen} with this QEMU, kernel and machine)`;
    return { candidates: ['tcg'], ruledOut: [{ ...remembered, why }] };
  }
  const missing = best === 'kvm' ? await kvmProblem() : undefined;
  if (missing === undefined) return { candidates: [best, 'tcg'], ruledOut: [] };
  return {
    candidates: ['tcg'],
    ruledOut: [{ accelerator: best, works: false, why: missing, at: Date.now() }],
  };
}

function hardwareAccelerator(platform: NodeJS.Platform): 'kvm' | 'hvf' | undefined {
  if (platform === 'linux') return 'kvm';
  if (platform === 'darwin') return 'hvf';
  return undefined;
}

/** Why KVM need not even be tried; undefined when its device opens, which proves nothing yet. */
async function kvmProblem(): Promise<string | undefined> {
  try {
    const device = await open(kvmDevice, constants.O_RDWR);
    await device.close();
    return undefined;
  } catch (thrown) {
    const code = errnoOf(thrown);
    if (code === 'ENOENT') return `this machine has no ${kvmDevice}`;
    if (code === 'EACCES') return `this user may not open ${kvmDevice} (the group "kvm" may)`;
    return `${kvmDevice} cannot be opened (${code ?? String(thrown)})`;
  }
}

function notHere(accelerator: Accelerator, platform: string): EngineError {
  return new EngineError({
    code: 'accelerator_failed',
    message: `The accelerator "${accelerator}" does not exist on this platform (${platform}).`,
    hint: 'Set the accelerator to "auto" in the settings.',
  });
}
