import { useEngineState, useServiceVm } from '../../state/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { shellWord } from '../../ui/text/shell-word.ts';
import { DockerCliNote } from './docker-cli-note.tsx';

/** How to point the Docker CLI here: by context, or by environment for one shell. */
export function ConnectCard() {
  const vm = useServiceVm();
  const cli = useEngineState((state) => state.host.dockerCli);
  if (!vm || !cli) return null;
  const ready = vm.endpoints.dockerReady;
  return (
    <Card
      title="Use your Docker CLI"
      note={cli.version ? `docker ${plainText(cli.version)}, ${plainText(cli.path ?? '')}` : undefined}
    >
      <div className="flex flex-col gap-3">
        <DockerCliNote cli={cli} />
        <div className="flex flex-col gap-1">
          <p className="text-muted">In every shell, from now on:</p>
          <CopyableCommand
            command={`docker context use ${shellWord(vm.endpoints.dockerContext)}`}
            label="Copy the docker context command"
          />
        </div>
        <div className="flex flex-col gap-1">
          <p className="text-muted">In one shell only:</p>
          <CopyableCommand
            command={`export DOCKER_HOST=${shellWord(`unix://${vm.endpoints.dockerSocket}`)}`}
            label="Copy the DOCKER_HOST command"
          />
        </div>
        <p className="text-sm text-muted">
          {ready
            ? 'The socket answers now. Only you can open it.'
            : 'The socket answers while the VM runs. Only you can open it.'}
        </p>
      </div>
    </Card>
  );
}
