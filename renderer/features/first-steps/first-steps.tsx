import { X } from 'lucide-react';
import { useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { Container, Vm } from '../../../contract/records.ts';
import { handlerKey } from '../../../contract/state.ts';
import { hideFirstSteps, showFirstSteps, useFirstSteps } from '../../state/first-steps.ts';
import {
  useContainers,
  useDockerImages,
  useEngineState,
  useHandlers,
  useServiceVm,
  useShares,
} from '../../state/hooks.ts';
import { useSharingAsked } from '../../state/sharing-asked.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { formatDuration } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { toastDone } from '../../ui/toasts.tsx';
import { ArchPill } from '../../vocabulary/arch-pill.tsx';
import { ImageStep, RunStep, StartStep, SwitchOnStep } from './first-steps-actions.tsx';
import { archesToTry, hasForeignContainer, runningSample, sampleTag } from './sample.ts';
import { ShareStep } from './share-step.tsx';
import { Step, type StepState } from './step.tsx';

/**
 * From nothing to a container of a foreign architecture, in five clicks that are the real ones. What is done is read
 * from the engine's state, so that it may be left and taken up again, or done elsewhere.
 */
export function FirstSteps() {
  const vm = useServiceVm();
  const choice = useFirstSteps((steps) => steps.choice);
  const containers = useContainers();
  const arches = archesToTry(useHandlers(vm?.name ?? ''));
  const [chosen, setChosen] = useState<Arch | null>(null);
  const arch = chosen ?? arches[0];
  if (!vm || arch === undefined || choice === 'hidden') return null;
  if (choice === 'offered' && hasForeignContainer(containers)) return null;
  return <Steps vm={vm} arch={arch} arches={arches} containers={containers} onChoose={setChosen} />;
}

interface StepsProps {
  vm: Vm;
  arch: Arch;
  arches: readonly Arch[];
  containers: readonly Container[];
  onChoose: (arch: Arch) => void;
}

function Steps({ vm, arch, arches, containers, onChoose }: StepsProps) {
  const handler = useEngineState((state) => state.handlers[handlerKey(vm.name, arch)]);
  const image = useDockerImages(vm.name).find(({ tags }) => tags.includes(sampleTag(arch)));
  const sample = runningSample(containers, arch);
  const shares = useShares();
  const declined = useSharingAsked((asked) => asked.declined);
  const done = [
    vm.endpoints.dockerReady,
    shares.length > 0 || declined,
    handler?.state === 'on',
    image !== undefined,
    sample !== undefined,
  ];
  const turn = done.indexOf(false);
  const stateOf = (step: number): StepState => {
    if (step === turn) return 'now';
    return done[step] === true && (turn < 0 || step < turn) ? 'done' : 'later';
  };
  return (
    <Card
      title="First steps"
      note={`A container for another processor, running on this computer: ${turn < 0 ? done.length : turn} of ${done.length} done.`}
      actions={
        <IconButton
          label="Hide the first steps"
          icon={<X aria-hidden className="size-4" />}
          onClick={hideWithUndo}
        />
      }
    >
      <ol aria-label="First steps" className="divide-y divide-line">
        <Step number={1} title="Start the VM" state={stateOf(0)} outcome="Docker answers on this computer.">
          <StartStep vm={vm} />
        </Step>
        <Step
          number={2}
          title="Share your files, or none"
          state={stateOf(1)}
          outcome={
            shares.length > 0 ? shares.map(({ path }) => plainText(path)).join(', ') : 'Nothing is shared.'
          }
        >
          <ShareStep />
        </Step>
        <Step
          number={3}
          title="Switch an architecture on"
          state={stateOf(2)}
          outcome={
            handler?.switchedOnMs == null
              ? `${arch}, proved.`
              : `${arch}, proved within ${formatDuration(handler.switchedOnMs)}.`
          }
        >
          <SwitchOnStep vm={vm} arch={arch} arches={arches} handler={handler} onChoose={onChoose} />
        </Step>
        <Step number={4} title="Make a small image for it" state={stateOf(3)} outcome={sampleTag(arch)}>
          <ImageStep vm={vm} arch={arch} />
        </Step>
        <Step number={5} title="Run it" state={stateOf(4)}>
          <RunStep vm={vm} arch={arch} />
        </Step>
      </ol>
      {sample ? <Success sample={sample} /> : null}
    </Card>
  );
}

function Success({ sample }: { sample: Container }) {
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-md bg-good-soft px-4 py-3">
      <p
        role="status"
        className="flex min-w-0 flex-1 basis-64 flex-wrap items-center gap-x-2 gap-y-1 font-medium"
      >
        <bdi>{plainText(sample.name)}</bdi>
        {/* Its first processes are looked at a moment after its start. */}
        {sample.execution === 'unknown' ? (
          'has started.'
        ) : (
          <>
            {' runs:'}
            <ArchPill arch={sample.arch} execution={sample.execution} emulator={sample.emulator} />
          </>
        )}
      </p>
      <a
        href={`#/containers/${sample.id}`}
        className="inline-flex h-8 items-center rounded-md bg-accent px-3 font-medium text-on-accent hover:bg-accent-hover"
      >
        Look at it
      </a>
      <a
        href={`#/terminal/${sample.id}`}
        className="inline-flex h-8 items-center rounded-md border border-line-strong bg-surface px-3 font-medium text-ink hover:bg-hover"
      >
        Open a shell in it
      </a>
      <Button onClick={hideWithUndo}>Finish</Button>
    </div>
  );
}

function hideWithUndo(): void {
  hideFirstSteps();
  toastDone('The first steps are hidden.', { undo: showFirstSteps });
}
