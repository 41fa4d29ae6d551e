import { useMemo } from 'react';
import type { Arch } from '../../contract/arch.ts';
import { useHandlers } from '../state/hooks.ts';

/** Architectures which a VM runs without an emulator. */
export function useNativeArches(vm: string): readonly Arch[] {
  const handlers = useHandlers(vm);
  return useMemo(
    () => handlers.filter((handler) => handler.state === 'native').map((handler) => handler.arch),
    [handlers],
  );
}
