import { useState } from 'react';
import { type Arch, arches as allArches } from '../../../contract/arch.ts';
import type { Handler, Vm } from '../../../contract/records.ts';
import { useDockerUnavailable, useJobs, useUnavailable } from '../../state/hooks.ts';
import { knownJobs, useNewJobs } from '../../state/new-jobs.ts';
import { classNames } from '../../ui/class-names.ts';
import { controlLook } from '../../ui/control-look.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { archWords } from '../../vocabulary/arch-words.ts';
import { JobProgress } from '../../vocabulary/job-progress.tsx';
import { vmStateWords } from '../../vocabulary/vm-words.ts';
import { sampleTag } from './sample.ts';
import { StepAction } from './step.tsx';

export function StartStep({ vm }: { vm: Vm }) {
  const unavailable = useUnavailable();
  const composing = useJobs().find((job) => job.kind === 'compose-image' && job.state === 'running');
  const startable = ['absent', 'stopped', 'suspended', 'broken'].includes(vm.state);
  return (
    <>
      <p className="text-muted">
        A small Linux with Docker in it. The first start puts it together out of Debian’s signed packages,
        which takes a minute or two; later ones take seconds.
      </p>
      <StepAction
        label={vm.state === 'suspended' ? 'Resume the VM' : 'Start the VM'}
        actionKey={`vm:start:${vm.name}`}
        busy={!startable}
        unavailable={unavailable}
        work={(client) => client.vm.start({ vm: vm.name })}
      >
        {startable ? null : <span className="text-sm text-muted">{vmStateWords[vm.state].sentence}</span>}
      </StepAction>
      {composing ? <JobProgress job={composing} /> : null}
    </>
  );
}

export interface SwitchOnStepProps {
  vm: Vm;
  arch: Arch;
  arches: readonly Arch[];
  handler: Handler | undefined;
  onChoose: (arch: Arch) => void;
}

export function SwitchOnStep({ vm, arch, arches, handler, onChoose }: SwitchOnStepProps) {
  const unavailable = useDockerUnavailable(vm.name);
  return (
    <>
      <p className="text-muted">
        An emulator for its programs, out of Debian’s packages, registered in the VM and then proved by
        running test programs of that architecture.
      </p>
      <StepAction
        label={`Switch ${arch} on`}
        actionKey={`emulation:switch:${vm.name}/${arch}`}
        busy={handler?.state === 'switching-on'}
        unavailable={unavailable}
        work={(client) => client.emulation.on({ vm: vm.name, arch })}
      >
        <select
          aria-label="Architecture"
          className={classNames(controlLook, 'w-64')}
          value={arch}
          disabled={handler?.state === 'switching-on'}
          onChange={(event) => {
            const chosen = allArches.find((one) => one === event.target.value);
            if (chosen) onChoose(chosen);
          }}
        >
          {arches.map((one) => (
            <option key={one} value={one}>
              {`${one} · ${archWords[one].title}`}
            </option>
          ))}
        </select>
      </StepAction>
      {handler?.activity ? (
        <p role="status" className="text-sm text-muted">
          {plainText(handler.activity)}
        </p>
      ) : null}
    </>
  );
}

export function ImageStep({ vm, arch }: { vm: Vm; arch: Arch }) {
  const unavailable = useDockerUnavailable(vm.name);
  const [known, setKnown] = useState<ReadonlySet<string> | null>(null);
  const [job] = useNewJobs(known, ['docker-image']);
  return (
    <>
      <p className="text-muted">
        {`Docker Hub is not needed for it: ${sampleTag(arch)} is Debian’s busybox for ${archWords[arch].title}, about a megabyte.`}
      </p>
      <StepAction
        label="Make the image"
        actionKey={`image:sample:${vm.name}/${arch}`}
        unavailable={unavailable}
        work={(client) => {
          setKnown(knownJobs());
          return client.dockerImage.sample({ vm: vm.name, arch });
        }}
      />
      {job ? <JobProgress job={job} /> : null}
    </>
  );
}

export function RunStep({ vm, arch }: { vm: Vm; arch: Arch }) {
  const unavailable = useDockerUnavailable(vm.name);
  const image = sampleTag(arch);
  return (
    <>
      <p className="text-muted">
        {`Its programs are for ${archWords[arch].title}: inside, uname -m has to say ${archWords[arch].machine}.`}
      </p>
      <StepAction
        label="Run it"
        actionKey={`image:launch:${image}`}
        unavailable={unavailable}
        work={(client) =>
          client.dockerImage.launch({
            vm: vm.name,
            image,
            arch,
            name: null,
            command: [],
            env: {},
            ports: [],
          })
        }
      />
    </>
  );
}
