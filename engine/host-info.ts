import { arch, availableParallelism, homedir, platform, totalmem } from 'node:os';
import type { HostArch } from '../contract/arch.ts';
import { EngineError } from './base/engine-error.ts';

/** What the engine needs to know of the machine it runs on. */
export interface HostInfo {
  readonly platform: string;
  readonly arch: HostArch;
  readonly cores: number;
  readonly memoryBytes: number;
  /** The home folder of the person the engine runs as. */
  readonly userHome: string;
}

/** Throws `bad_input` on processors which a service VM cannot have. */
export function hostInfo(): HostInfo {
  return {
    platform: platform(),
    arch: hostArch(arch()),
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    userHome: homedir(),
  };
}

function hostArch(name: string): HostArch {
  if (name === 'x64') return 'amd64';
  if (name === 'arm64') return 'arm64';
  throw new EngineError({
    code: 'bad_input',
    message: `Foredeck cannot run on this processor ("${name}").`,
    hint: 'It runs on x86-64 and arm64 machines.',
  });
}
