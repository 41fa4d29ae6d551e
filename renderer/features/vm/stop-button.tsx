import { Moon, Power } from 'lucide-react';
import { useState } from 'react';
import type { Vm } from '../../../contract/records.ts';
import type { StopBy } from '../../../contract/saved-state.ts';
import { useContainers, useEngineState, usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { SplitButton } from '../../ui/split-button.tsx';
import { stopByWords } from '../../vocabulary/vm-words.ts';
import { ContainerNames } from './container-names.tsx';

const icons: Record<StopBy, typeof Moon> = { suspend: Moon, 'shut-down': Power };

/**
 * Stops a running VM: as the setting says with one click, either way from the arrow beside it. Only shutting down asks
 * first, when containers would end with it. A degraded VM cannot be suspended; the engine would shut it down instead.
 */
export function StopButton({ vm }: { vm: Vm }) {
  const [asking, setAsking] = useState(false);
  const setting = useEngineState((state) => state.settings.stopBy) ?? 'suspend';
  const degraded = vm.state === 'degraded';
  const usual = degraded ? 'shut-down' : setting;
  const unavailable = useUnavailable();
  const pending = usePending(`vm:stop:${vm.name}`);
  const running = useContainers().filter(
    (one) => one.vm === vm.name && one.state === 'running' && !one.stale,
  );
  const stop = (by: StopBy): void => {
    void perform(`vm:stop:${vm.name}`, (client) => client.vm.stop({ vm: vm.name, by }));
  };
  const ask = (by: StopBy): void => {
    if (by === 'shut-down' && running.length > 0) setAsking(true);
    else stop(by);
  };
  const Icon = icons[usual];
  return (
    <>
      <SplitButton
        icon={<Icon aria-hidden className="size-3.5" />}
        title={stopByWords[usual].gain}
        busy={pending}
        unavailable={unavailable}
        onClick={() => ask(usual)}
        menuLabel="Ways to stop"
        items={(['suspend', 'shut-down'] as const).map((by) => {
          const ItemIcon = icons[by];
          return {
            label: stopByWords[by].word,
            note: stopByWords[by].gain,
            icon: <ItemIcon aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />,
            unavailable:
              unavailable ??
              (pending
                ? 'It is being stopped already'
                : degraded && by === 'suspend'
                  ? 'Only a VM that is well can be suspended'
                  : undefined),
            onSelect: () => ask(by),
          };
        })}
      >
        {stopByWords[usual].word}
      </SplitButton>
      <ConfirmDialog
        open={asking}
        title="Shut the VM down?"
        confirmLabel="Shut down"
        onClose={() => setAsking(false)}
        onConfirm={() => stop('shut-down')}
      >
        <p>
          {running.length === 1 ? 'One running container stops' : `${running.length} running containers stop`}{' '}
          with it. Images, volumes and stopped containers are kept.
          {degraded ? '' : ' Suspend instead, and containers go on where they stopped.'}
        </p>
        <ContainerNames containers={running} />
      </ConfirmDialog>
    </>
  );
}
