import type { Arch } from '../../contract/arch.ts';
import type { Execution } from '../../contract/records.ts';
import { Pill } from '../ui/pill.tsx';
import { plainText } from '../ui/text/plain-text.ts';

export interface ArchPillProps {
  arch: Arch | null;
  execution: Execution;
  emulator: string | null;
}

/** An architecture and how it is run here. Emulation has a colour of its own, and always its word too. */
export function ArchPill({ arch, execution, emulator }: ArchPillProps) {
  const name = arch ?? 'unknown';
  if (execution === 'unknown') {
    return (
      <Pill outline className="border-dashed" title="Not seen running">
        <span className="font-mono">{name}</span>
        <span className="sr-only">, not seen running</span>
      </Pill>
    );
  }
  if (execution === 'native') {
    return (
      <Pill outline>
        <span className="font-mono">{name}</span> · native
      </Pill>
    );
  }
  return (
    <Pill tone="foreign" title={emulator ? plainText(emulator) : undefined}>
      <span className="font-mono">{name}</span> · {execution}
    </Pill>
  );
}
