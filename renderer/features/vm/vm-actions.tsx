import { Play, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { Vm } from '../../../contract/records.ts';
import { useContainers, useJobs, usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { ContainerNames } from './container-names.tsx';
import { ResumeButton } from './resume-button.tsx';
import { StopButton } from './stop-button.tsx';

/** What can be done with the VM in its state. */
export function VmActions({ vm }: { vm: Vm }) {
  switch (vm.state) {
    case 'absent':
    case 'stopped':
      return <StartButton vm={vm} label="Start" />;
    case 'broken':
      return <StartButton vm={vm} label="Start again" />;
    case 'suspended':
      return <ResumeButton vm={vm} />;
    case 'composing':
    case 'starting':
      return <CancelButton vm={vm} />;
    case 'running':
    case 'degraded':
      return (
        <>
          {vm.state === 'degraded' ? <StartButton vm={vm} label={mendWords(vm.error)} /> : null}
          <RestartButton vm={vm} />
          <StopButton vm={vm} />
        </>
      );
    case 'suspending':
      return <Button busy>Suspending</Button>;
    case 'stopping':
      return <Button busy>Stopping</Button>;
  }
}

/** Starting a degraded VM mends what can be mended: a guest that QEMU has stopped goes on, a connection is made anew. */
function mendWords(error: WireError | null): string {
  return error?.code === 'disk_full' || error?.code === 'qemu_failed' ? 'Let it go on' : 'Try again';
}

function StartButton({ vm, label }: { vm: Vm; label: string }) {
  const busy = usePending(`vm:start:${vm.name}`);
  return (
    <Button
      kind="primary"
      icon={<Play aria-hidden className="size-3.5" />}
      busy={busy}
      unavailable={useUnavailable()}
      onClick={() => void perform(`vm:start:${vm.name}`, (client) => client.vm.start({ vm: vm.name }))}
    >
      {label}
    </Button>
  );
}

function CancelButton({ vm }: { vm: Vm }) {
  const busy = usePending(`vm:stop:${vm.name}`);
  const unavailable = useUnavailable();
  // While an image is composed, the button beside its progress cancels.
  const composing = useJobs().some((job) => job.kind === 'compose-image' && job.state === 'running');
  if (vm.state === 'composing' && composing) return null;
  return (
    <Button
      icon={<Square aria-hidden className="size-3.5" />}
      busy={busy}
      unavailable={unavailable}
      onClick={() => void perform(`vm:stop:${vm.name}`, (client) => client.vm.stop({ vm: vm.name }))}
    >
      Cancel start
    </Button>
  );
}

/** Asks first when containers would stop. */
function RestartButton({ vm }: { vm: Vm }) {
  const [asking, setAsking] = useState(false);
  const busy = usePending(`vm:restart:${vm.name}`);
  const running = useContainers().filter(
    (one) => one.vm === vm.name && one.state === 'running' && !one.stale,
  );
  const restart = (): void => {
    void perform(`vm:restart:${vm.name}`, (client) => client.vm.restart({ vm: vm.name }));
  };
  return (
    <>
      <Button
        icon={<RotateCw aria-hidden className="size-3.5" />}
        busy={busy}
        unavailable={useUnavailable()}
        onClick={() => (running.length > 0 ? setAsking(true) : restart())}
      >
        Restart
      </Button>
      <ConfirmDialog
        open={asking}
        title="Restart the VM?"
        confirmLabel="Restart"
        onClose={() => setAsking(false)}
        onConfirm={restart}
      >
        <p>
          {running.length === 1 ? 'One running container stops' : `${running.length} running containers stop`}{' '}
          with it. Images, volumes and stopped containers are kept.
        </p>
        <ContainerNames containers={running} />
      </ConfirmDialog>
    </>
  );
}
