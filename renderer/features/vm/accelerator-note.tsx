import { Check, X } from 'lucide-react';
import type { Vm } from '../../../contract/records.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { acceleratorWords } from '../../vocabulary/vm-words.ts';

/** Which accelerator runs, and what happened to the better ones: tried, not assumed. */
export function AcceleratorNote({ vm }: { vm: Vm }) {
  if (vm.acceleratorTrials.length === 0) {
    return vm.accelerator ? acceleratorWords[vm.accelerator] : 'Chosen at the first start';
  }
  return (
    <ul>
      {vm.acceleratorTrials.map((trial) => (
        <li key={`${trial.accelerator} ${trial.at}`} className="flex items-baseline gap-1.5">
          {trial.works ? (
            <Check aria-hidden className="size-3.5 shrink-0 self-center text-good" />
          ) : (
            <X aria-hidden className="size-3.5 shrink-0 self-center text-bad" />
          )}
          <span>
            <span className="font-medium">{acceleratorWords[trial.accelerator]}</span>
            <span className="text-muted">
              {' '}
              {trial.works
                ? trial.accelerator === vm.accelerator && vm.pid !== null
                  ? 'in use: '
                  : 'works: '
                : trial.accelerator === vm.accelerator
                  ? 'crashed once, then started again: '
                  : 'does not work here: '}
              {plainText(trial.why)}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}
