import type { Arch } from '../../../contract/arch.ts';
import type { PlatformExecution } from '../../../contract/docker-images.ts';
import type { Handler } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';

/** How programs of `arch` run in a VM, by what is known of its handlers. */
export function platformExecution(
  arch: Arch | null,
  vm: { readonly name: string; readonly arch: Arch },
  handlers: Readonly<Record<string, Handler>>,
): PlatformExecution {
  if (arch === null) return 'unsupported';
  if (arch === vm.arch) return 'native';
  const handler = handlers[handlerKey(vm.name, arch)];
  if (!handler) return 'unsupported';
  if (handler.state === 'native') return 'native';
  return handler.state === 'on' ? 'emulated' : 'off';
}
