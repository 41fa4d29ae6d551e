import { HardDrive, Recycle } from 'lucide-react';
import { useState } from 'react';
import type { Vm, VmState } from '../../../contract/records.ts';
import type { Reclaimed } from '../../../contract/vm-figures.ts';
import { attempt, type Outcome } from '../../state/attempt.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { GrowDialog } from './grow-dialog.tsx';

/** Gives disk space back to this computer, or takes more of it. */
export function DiskActions({ vm }: { vm: Vm }) {
  const [growing, setGrowing] = useState(false);
  const [outcome, setOutcome] = useState<Outcome<Reclaimed> | null>(null);
  const reclaiming = usePending(`disk:reclaim:${vm.name}`);
  const unavailable = useUnavailable();
  const reclaim = async (): Promise<void> => {
    setOutcome(null);
    const key = `disk:reclaim:${vm.name}`;
    setOutcome((await attempt(key, (client) => client.vm.reclaimDisk({ vm: vm.name }))) ?? null);
  };
  return (
    <div className="mt-4 flex flex-wrap items-center gap-x-3 gap-y-2 border-t border-line pt-3">
      <Button
        size="sm"
        icon={<Recycle aria-hidden className="size-3.5" />}
        busy={reclaiming}
        unavailable={unavailable ?? whyNoReclaim(vm.state)}
        onClick={() => void reclaim()}
      >
        Give unused disk space back
      </Button>
      <Button
        size="sm"
        icon={<HardDrive aria-hidden className="size-3.5" />}
        unavailable={unavailable ?? whyNoGrowth(vm.state)}
        onClick={() => setGrowing(true)}
      >
        Make the disk larger…
      </Button>
      <p
        role="status"
        aria-label="Space given back"
        className={classNames(
          'min-h-4.5 min-w-0 flex-1 basis-72 text-sm wrap-anywhere',
          outcome?.ok === false ? 'text-bad' : 'text-muted',
        )}
      >
        {reclaiming ? 'Looking for space the VM does not use…' : outcome ? outcomeWords(outcome) : ''}
      </p>
      {growing ? <GrowDialog vm={vm} onClose={() => setGrowing(false)} /> : null}
    </div>
  );
}

const resumeFirst = 'Its saved memory fits the disk as it is: resume the VM first';

/** Where the engine makes a disk larger: at once, or at the next start. */
const growableIn: readonly VmState[] = ['absent', 'stopped', 'broken', 'running', 'degraded'];

function whyNoReclaim(state: VmState): string | undefined {
  if (state === 'running' || state === 'degraded') return undefined;
  return state === 'suspended' ? resumeFirst : 'The VM has to run first';
}

function whyNoGrowth(state: VmState): string | undefined {
  if (growableIn.includes(state)) return undefined;
  return state === 'suspended' ? resumeFirst : 'Possible while the VM runs or is stopped';
}

function outcomeWords(outcome: Outcome<Reclaimed>): string {
  if (!outcome.ok) return plainText(`${outcome.error.message} ${outcome.error.hint}`.trim());
  const { beforeBytes, afterBytes } = outcome.value;
  if (afterBytes >= beforeBytes) return 'There was nothing to give back.';
  return `${formatBytes(beforeBytes - afterBytes)} given back: from ${formatBytes(beforeBytes)} to ${formatBytes(afterBytes)}.`;
}
