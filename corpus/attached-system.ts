import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '../engine/base/engine-error.ts';
import type { EngineClient } from '../engine/client/connect-engine.ts';
import { guestCommand } from './guest-command.ts';

/** Where the VM keeps what containers write into their systems: on the data disk, by disk. */
const stateFolder = '/var/lib/foredeck/corpus';

/** Top folders of a Debian system which containers take from the disk; the others are each container's own. */
const boundFolders = ['etc', 'home', 'opt', 'root', 'srv', 'usr', 'var'];

/** Letting go takes a moment; this long it is tried even though the run was interrupted. */
const detachTimeoutMs = 120_000;

/** A system's disk in the VM, mounted, with what was written on top of it since it was made. */
export interface AttachedSystem {
  /** For Docker's `HostConfig.Binds`. */
  readonly binds: readonly string[];
  /** Whether `markConfigured` was called for this disk, ever. */
  readonly isConfigured: boolean;
  markConfigured(signal: AbortSignal): Promise<void>;
}

export interface SystemOptions {
  readonly client: EngineClient;
  readonly vm: string;
  readonly disk: string;
  readonly signal: AbortSignal;
}

/**
 * Plugs the disk into the running VM, mounts it, and takes it away again when `work` is over. Nothing is copied: the
 * guest reads what it needs, when it needs it.
 */
export async function withSystem<T>(
  options: SystemOptions,
  work: (system: AttachedSystem) => Promise<T>,
): Promise<T> {
  const { client, vm, disk } = options;
  await client.calls.vm.plugDisk({ vm, disk });
  try {
    const outcome = await work(await attach(options));
    await detach(options);
    return outcome;
  } catch (thrown) {
    // What went wrong first is what is told.
    await detach(options).catch(() => undefined);
    throw thrown;
  }
}

async function attach(options: SystemOptions): Promise<AttachedSystem> {
  const { client, vm, disk, signal } = options;
  const state = `${stateFolder}/${disk}`;
  await script(options, 'attach', [disk, state, ...boundFolders]);
  const marker = `${state}/configured`;
  const found = await guestCommand(client, { vm, argv: ['test', '-e', marker], signal });
  return {
    binds: boundFolders.map((folder) => `/run/corpus/${disk}/root/${folder}:/${folder}`),
    isConfigured: found.code === 0,
    markConfigured: async (within) => {
      for (const argv of [['sync'], ['touch', marker], ['sync']]) {
        await guestCommand(client, { vm, argv, signal: within });
      }
    },
  };
}

/** Also after an interrupt: a disk that stays takes a slot until the VM stops. Done twice it fails, and does no harm. */
async function detach(options: SystemOptions): Promise<void> {
  const { client, vm, disk } = options;
  await script({ ...options, signal: AbortSignal.timeout(detachTimeoutMs) }, 'detach', [disk]);
  await client.calls.vm.unplugDisk({ vm, disk });
}

async function script(
  options: SystemOptions,
  name: 'attach' | 'detach',
  args: readonly string[],
): Promise<void> {
  const text = await readFile(join(import.meta.dirname, 'guest', `${name}.sh`), 'utf8');
  const { code, output } = await guestCommand(options.client, {
    vm: options.vm,
    argv: ['sh', '-eu', '-c', text, `${name}.sh`, ...args],
    signal: options.signal,
  });
  if (code === 0) return;
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The VM could not ${name} the disk "${options.disk}" (exit ${code}).`,
    hint: 'Restart the VM and start again: what is finished is kept.',
    details: { output: output.slice(-2_000) },
  });
}
