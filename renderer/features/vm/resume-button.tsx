import { Play, Trash2, Zap } from 'lucide-react';
import { useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { SplitButton } from '../../ui/split-button.tsx';
import { DiscardDialog } from './discard-dialog.tsx';

/** Resumes a suspended VM; from the arrow beside it also goes on without what was saved, or deletes that. */
export function ResumeButton({ vm }: { vm: Vm }) {
  const [asking, setAsking] = useState<'start' | 'nothing' | null>(null);
  const unavailable = useUnavailable();
  const starting = usePending(`vm:start:${vm.name}`);
  const discarding = usePending(`vm:discard:${vm.name}`);
  const busy = starting || discarding;
  const start = (discardState: boolean): void => {
    void perform(`vm:start:${vm.name}`, (client) => client.vm.start({ vm: vm.name, discardState }));
  };
  const discard = (): void => {
    void perform(`vm:discard:${vm.name}`, (client) => client.vm.discardState({ vm: vm.name }));
  };
  const fits = vm.savedState?.problem == null;
  const whyNot = unavailable ?? (busy ? 'Something is done with it already' : undefined);
  return (
    <>
      {fits ? null : (
        <Button
          kind="primary"
          icon={<Zap aria-hidden className="size-3.5" />}
          busy={busy}
          unavailable={unavailable}
          onClick={() => setAsking('start')}
        >
          Start without the saved memory…
        </Button>
      )}
      <SplitButton
        kind={fits ? 'primary' : 'plain'}
        icon={<Play aria-hidden className="size-3.5" />}
        busy={fits ? busy : false}
        unavailable={fits ? unavailable : whyNot}
        onClick={() => start(false)}
        menuLabel="More about the saved memory"
        items={[
          {
            label: 'Start without the saved memory…',
            note: 'The VM boots; what ran in it is lost.',
            icon: <Zap aria-hidden className="mt-0.5 size-4 shrink-0" />,
            danger: true,
            unavailable: whyNot,
            onSelect: () => setAsking('start'),
          },
          {
            label: 'Delete the saved memory…',
            note: 'Gives its disk space back; what ran in it is lost.',
            icon: <Trash2 aria-hidden className="mt-0.5 size-4 shrink-0" />,
            danger: true,
            unavailable: whyNot,
            onSelect: () => setAsking('nothing'),
          },
        ]}
      >
        {fits ? 'Resume' : 'Try to resume'}
      </SplitButton>
      <DiscardDialog
        vm={vm}
        then={asking}
        onClose={() => setAsking(null)}
        onConfirm={() => (asking === 'nothing' ? discard() : start(true))}
      />
    </>
  );
}
