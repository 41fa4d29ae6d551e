import type { Vm } from '../../../contract/records.ts';
import { useEngineState, useJobs, usePending, useStale, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { type Fact, Facts } from '../../ui/facts.tsx';
import { Lamp } from '../../ui/lamp.tsx';
import { Pill } from '../../ui/pill.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { JobProgress } from '../../vocabulary/job-progress.tsx';
import { vmStateWords } from '../../vocabulary/vm-words.ts';
import { AcceleratorNote } from './accelerator-note.tsx';
import { isResume } from './boot-steps.ts';
import { SavedStateNote } from './saved-state-note.tsx';
import { SharesNote } from './shares-note.tsx';
import { VmActions } from './vm-actions.tsx';

/** The VM: its state in words, what can be done with it, what went wrong, what it is made of. */
export function VmCard({ vm }: { vm: Vm }) {
  const stale = useStale();
  const words = vmStateWords[vm.state];
  return (
    <section aria-label="Service VM" className="rounded-lg border border-line bg-surface shadow-card">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3 px-4 pt-4.5 pb-4">
        <Lamp tone={stale ? 'unknown' : words.lamp} className="size-3.5" />
        <div className="min-w-48 flex-1">
          <p className="flex items-center gap-2 text-lg font-semibold">
            <span role="status">{words.word}</span>
            {stale ? <Pill tone="warn">last known</Pill> : null}
            {vm.adopted && !stale ? (
              <Pill title="An earlier engine started it; this one took it over">adopted</Pill>
            ) : null}
          </p>
          <p className="text-muted">{sentenceOf(vm)}</p>
        </div>
        <div className="flex flex-wrap gap-2">
          <VmActions vm={vm} />
        </div>
      </div>
      {vm.error ? (
        <div className="px-4 pb-4">
          <ErrorPanel
            message={vm.error.message}
            hint={vm.error.hint}
            details={vm.error.details}
            tone={vm.state === 'degraded' ? 'warn' : 'bad'}
            open={vm.state === 'broken'}
          />
        </div>
      ) : null}
      {vm.savedState ? <SavedStateNote vm={vm} savedState={vm.savedState} /> : null}
      <ComposeProgress vm={vm} />
      <div className="border-t border-line px-4 py-4">
        <Facts facts={useFacts(vm)} />
      </div>
    </section>
  );
}

function sentenceOf(vm: Vm): string {
  if (vm.savedState?.problem) return 'Its memory is on disk, and cannot be used as things are.';
  if (vm.state === 'starting' && isResume(vm.boot))
    return 'Loading its memory; containers go on where they stopped.';
  return vmStateWords[vm.state].sentence;
}

/** The image being composed, or why the last attempt came to nothing. */
function ComposeProgress({ vm }: { vm: Vm }) {
  const job = useJobs().find((candidate) => candidate.kind === 'compose-image');
  const cancelling = usePending(`job:cancel:${job?.id}`);
  const unavailable = useUnavailable();
  if (!job) return null;
  if (job.state === 'failed' && job.error && vm.state === 'absent') {
    return (
      <div className="px-4 pb-4">
        <ErrorPanel message={job.error.message} hint={job.error.hint} details={job.error.details} />
      </div>
    );
  }
  if (job.state !== 'running') return null;
  return (
    <div className="flex items-center gap-4 px-4 pb-4">
      <div className="min-w-0 flex-1">
        <JobProgress job={job} />
      </div>
      <Button
        size="sm"
        busy={cancelling}
        unavailable={unavailable}
        onClick={() => void perform(`job:cancel:${job.id}`, (client) => client.job.cancel({ id: job.id }))}
      >
        Cancel
      </Button>
    </div>
  );
}

function useFacts(vm: Vm): Fact[] {
  const image = useEngineState((state) => (vm.imageId ? state.images[vm.imageId] : undefined));
  const shown: Fact[] = [
    { name: 'Architecture', value: vm.arch },
    { name: 'Processors', value: vm.cpus },
    { name: 'Memory', value: formatBytes(vm.memoryBytes) },
    { name: 'Data disk, at most', value: formatBytes(vm.diskBytes) },
  ];
  const known: [string, string | null | undefined][] = [
    ['Docker', vm.dockerVersion],
    ['Kernel', vm.kernelVersion ?? image?.kernelVersion],
    ['QEMU', vm.qemuVersion],
    ['Guest image', image ? `${image.template}, ${formatBytes(image.rootBytes)}` : null],
    ['SSH', vm.endpoints.sshPort === null ? null : `127.0.0.1:${vm.endpoints.sshPort}`],
    ['QEMU process', vm.pid === null ? null : String(vm.pid)],
  ];
  for (const [name, value] of known) if (value) shown.push({ name, value: plainText(value) });
  shown.push({ name: 'Accelerator', value: <AcceleratorNote vm={vm} />, wide: true });
  shown.push({ name: 'Shared folders', value: <SharesNote />, wide: true });
  shown.push({ name: 'Docker endpoint', value: <Endpoint vm={vm} />, wide: true });
  return shown;
}

function Endpoint({ vm }: { vm: Vm }) {
  const address = `unix://${vm.endpoints.dockerSocket}`;
  return (
    <span className="flex min-w-0 flex-wrap items-center gap-x-2">
      <code className="min-w-0 font-mono text-sm break-all">{address}</code>
      <CopyButton text={address} label="Copy the endpoint" className="-my-1 size-6" />
      <span className="text-muted">{vm.endpoints.dockerReady ? 'answers' : 'nothing answers there now'}</span>
    </span>
  );
}
