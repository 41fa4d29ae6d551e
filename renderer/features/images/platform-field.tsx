import { type Arch, arches } from '../../../contract/arch.ts';
import type { PlatformExecution } from '../../../contract/docker-images.ts';
import { handlerKey, type State } from '../../../contract/state.ts';
import { useEngineState } from '../../state/hooks.ts';
import { controlLook } from '../../ui/control-look.ts';
import { Labelled } from '../../ui/labelled.tsx';
import { archWords } from '../../vocabulary/arch-words.ts';
import { executionWords } from './platform-pill.tsx';

/** Every architecture a platform may be chosen of, the VM's own first. */
export function PlatformField({ vm, arch, onChange }: PlatformFieldProps) {
  const own = useEngineState((state) => state.vms[vm]?.arch);
  const handlers = useEngineState((state) => state.handlers) ?? {};
  const ordered = [...arches].sort((a, b) => Number(b === own) - Number(a === own));
  const execution = executionOf(handlers, vm, arch);
  return (
    <Labelled label="Platform" description={describe(arch, execution)}>
      {(control) => (
        <select
          {...control}
          className={controlLook}
          value={arch}
          onChange={(event) => {
            const chosen = arches.find((one) => one === event.target.value);
            if (chosen) onChange(chosen);
          }}
        >
          {ordered.map((one) => (
            <option key={one} value={one}>
              {`linux/${one} · ${executionWords[executionOf(handlers, vm, one)].word} · ${archWords[one].title}`}
            </option>
          ))}
        </select>
      )}
    </Labelled>
  );
}

export interface PlatformFieldProps {
  vm: string;
  arch: Arch;
  onChange: (arch: Arch) => void;
}

function describe(arch: Arch, execution: PlatformExecution): string {
  if (execution === 'off') {
    return `Emulation of ${arch} is off: it can be fetched, and does not run until it is switched on.`;
  }
  return `${executionWords[execution].sentence}.`;
}

function executionOf(handlers: State['handlers'], vm: string, arch: Arch): PlatformExecution {
  const handler = handlers[handlerKey(vm, arch)];
  if (!handler) return 'unsupported';
  if (handler.state === 'native') return 'native';
  return handler.state === 'on' ? 'emulated' : 'off';
}
