import { Play, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import type { Vm, VmState } from '../../../contract/records.ts';
import { useContainers, useJobs, usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Untrusted } from '../../ui/untrusted.tsx';

type Action = 'start' | 'stop' | 'restart';

const offered: Record<VmState, readonly Action[]> = {
  absent: ['start'],
  composing: ['stop'],
  stopped: ['start'],
  starting: ['stop'],
  running: ['restart', 'stop'],
  degraded: ['restart', 'stop'],
  suspending: [],
  suspended: ['start'],
  stopping: [],
  broken: ['start'],
};

/** Start, stop and restart, as the VM's state allows. Stopping asks first when containers would go with it. */
export function VmActions({ vm }: { vm: Vm }) {
  const [asking, setAsking] = useState<'stop' | 'restart' | null>(null);
  const unavailable = useUnavailable();
  const pending = {
    start: usePending(`vm:start:${vm.name}`),
    stop: usePending(`vm:stop:${vm.name}`),
    restart: usePending(`vm:restart:${vm.name}`),
  };
  const running = useContainers().filter(
    (one) => one.vm === vm.name && one.state === 'running' && !one.stale,
  );
  const run = (action: Action): void => {
    void perform(`vm:${action}:${vm.name}`, (client) => client.vm[action]({ vm: vm.name }));
  };
  const ask = (action: 'stop' | 'restart'): void => {
    if (running.length > 0) setAsking(action);
    else run(action);
  };
  // While an image is composed, the button beside its progress cancels.
  const composing = useJobs().some((job) => job.kind === 'compose-image' && job.state === 'running');
  const actions = vm.state === 'composing' && composing ? null : offered[vm.state];
  const cancels = vm.state === 'starting' || vm.state === 'composing';
  return (
    <>
      {actions?.includes('restart') ? (
        <Button
          icon={<RotateCw aria-hidden className="size-3.5" />}
          busy={pending.restart}
          unavailable={unavailable}
          onClick={() => ask('restart')}
        >
          Restart
        </Button>
      ) : null}
      {actions?.includes('stop') ? (
        <Button
          icon={<Square aria-hidden className="size-3.5" />}
          busy={pending.stop}
          unavailable={unavailable}
          onClick={() => ask('stop')}
        >
          {cancels ? 'Cancel start' : 'Stop'}
        </Button>
      ) : null}
      {actions?.includes('start') ? (
        <Button
          kind="primary"
          icon={<Play aria-hidden className="size-3.5" />}
          busy={pending.start}
          unavailable={unavailable}
          onClick={() => run('start')}
        >
          {vm.state === 'broken' ? 'Start again' : vm.state === 'suspended' ? 'Resume' : 'Start'}
        </Button>
      ) : null}
      {actions?.length === 0 ? (
        <Button busy>{vm.state === 'stopping' ? 'Stopping' : 'Suspending'}</Button>
      ) : null}
      <ConfirmDialog
        open={asking !== null}
        title={asking === 'restart' ? 'Restart the VM?' : 'Stop the VM?'}
        confirmLabel={asking === 'restart' ? 'Restart' : 'Stop'}
        onClose={() => setAsking(null)}
        onConfirm={() => asking && run(asking)}
      >
        <p>
          {running.length === 1 ? 'One running container stops' : `${running.length} running containers stop`}{' '}
          with it. Images, volumes and stopped containers are kept.
        </p>
        <ul className="mt-3 rounded-md border border-line bg-sunken px-3 py-1.5 text-ink">
          {running.slice(0, 8).map((container) => (
            <li key={container.id} className="truncate">
              <Untrusted text={container.name} />
            </li>
          ))}
          {running.length > 8 ? <li>and {running.length - 8} more</li> : null}
        </ul>
      </ConfirmDialog>
    </>
  );
}
