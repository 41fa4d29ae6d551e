import { useHandlers, useServiceVm } from '../../state/hooks.ts';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { archWords } from '../../vocabulary/arch-words.ts';

/** Teaches the one command this program is for. */
export function NoContainers() {
  const vm = useServiceVm();
  const foreign = vm?.arch === 'arm64' ? 'amd64' : 'arm64';
  const handler = useHandlers(vm?.name ?? '').find((candidate) => candidate.arch === foreign);
  if (!vm) return null;
  return (
    <>
      <p>
        Run one of another architecture, {archWords[foreign].title}, with your own Docker CLI. It prints{' '}
        <code className="font-mono text-sm text-ink">{archWords[foreign].machine}</code>:
      </p>
      <CopyableCommand
        command={`docker --context ${vm.endpoints.dockerContext} run --rm --platform linux/${foreign} alpine uname -m`}
        label="Copy the docker run command"
      />
      <p className="text-sm">
        {!vm.endpoints.dockerReady ? (
          <>
            The VM has to run first:{' '}
            <a href="#/overview" className="rounded text-accent underline">
              start it on the overview
            </a>
            .
          </>
        ) : handler?.state === 'on' ? (
          `Emulation of ${foreign} is on.`
        ) : (
          <>
            Emulation of {foreign} is off:{' '}
            <a href="#/emulation" className="rounded text-accent underline">
              switch it on
            </a>{' '}
            first, or the command ends with “exec format error”.
          </>
        )}
      </p>
      <p className="text-sm">
        Without a terminal:{' '}
        <a href="#/images" className="rounded text-accent underline">
          run an image from a form
        </a>
        , which says before whether it will run.
      </p>
    </>
  );
}
