import { type FormEvent, useId, useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import { useDockerUnavailable, useEngineState } from '../../state/hooks.ts';
import { useJobRun } from '../../state/use-job-run.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { JobRunProgress } from '../../vocabulary/job-run-progress.tsx';
import { ForecastCard } from './forecast-card.tsx';
import { type LaunchDraft, readBinds, readLaunch } from './launch-draft.ts';
import { ImageFields, RunFields } from './launch-fields.tsx';
import { useForecast } from './use-forecast.ts';

export interface LaunchDialogProps {
  vm: string;
  /** What the form begins with; the image may be empty. */
  image: string;
  arch: Arch | null;
  onClose: () => void;
}

/** Starts a container, saying before whether it will run and at what price. Mounted while open. */
export function LaunchDialog({ vm, image, arch, onClose }: LaunchDialogProps) {
  const form = useId();
  const [draft, setDraft] = useState<LaunchDraft>({
    image,
    arch,
    name: '',
    command: '',
    env: '',
    ports: '',
    binds: '',
  });
  const userHome = useEngineState((state) => state.host.userHome) ?? '';
  const { launch, problems } = readLaunch(draft, userHome);
  const forecast = useForecast(vm, draft.image.trim(), draft.arch);
  const fetch = useJobRun(['docker-image']);
  const edit = (part: Partial<LaunchDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const incomplete = launch
    ? undefined
    : Object.keys(problems).length > 0
      ? 'Put right what is marked first'
      : 'Name an image first';
  const unavailable = useDockerUnavailable(vm) ?? incomplete;
  const stopped = forecast.forecast?.warnings.some((warning) => warning.severity === 'stop') ?? false;
  const start = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!launch || fetch.busy || unavailable !== undefined) return;
    const started = await fetch.run('image:launch', (client) => client.dockerImage.launch({ vm, ...launch }));
    if (!started) return;
    onClose();
    location.hash = `/containers/${started.id}`;
  };
  return (
    <Dialog
      open
      wide
      title="Run a container"
      note="For whatever is not in this form there is docker run."
      onClose={onClose}
      footer={
        <>
          {fetch.cancel ? <Button onClick={fetch.cancel}>Cancel the download</Button> : null}
          <Button onClick={onClose}>Close</Button>
          <Button
            type="submit"
            form={form}
            kind={stopped ? 'plain' : 'primary'}
            busy={fetch.busy}
            unavailable={unavailable}
          >
            {stopped ? 'Start anyway' : 'Start'}
          </Button>
        </>
      }
    >
      {/* Where it is narrow the forecast stands between what it is about and the rest. */}
      <form
        id={form}
        noValidate
        onSubmit={(event) => void start(event)}
        className="grid items-start gap-x-5 gap-y-3.5 md:grid-cols-[minmax(0,1fr)_minmax(0,22rem)]"
      >
        <ImageFields
          draft={draft}
          problems={problems}
          platforms={forecast.forecast?.platforms ?? null}
          onEdit={edit}
        />
        <div className="md:sticky md:top-0 md:col-start-2 md:row-span-2 md:row-start-1">
          <ForecastCard vm={vm} view={forecast} onChoose={(chosen) => edit({ arch: chosen })} />
        </div>
        <div className="flex flex-col gap-3.5">
          <RunFields
            draft={draft}
            problems={problems}
            binds={readBinds(draft.binds, userHome).value}
            onEdit={edit}
          />
          <JobRunProgress run={fetch} label={`Starting ${draft.image.trim()}`} />
        </div>
      </form>
    </Dialog>
  );
}
