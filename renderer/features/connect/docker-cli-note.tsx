import { Download, RefreshCw } from 'lucide-react';
import type { DockerCli } from '../../../contract/records.ts';
import { useJobs, usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { shellWord } from '../../ui/text/shell-word.ts';
import { JobProgress } from '../../vocabulary/job-progress.tsx';

/** What stands between the person and a Docker CLI with Compose; nothing when both were found on their PATH. */
export function DockerCliNote({ cli }: { cli: DockerCli }) {
  const job = useJobs().find((candidate) => candidate.kind === 'install-docker-cli');
  if (cli.state === 'installing') {
    return job?.state === 'running' ? (
      <JobProgress job={job} />
    ) : (
      <p role="status">Installing the Docker CLI…</p>
    );
  }
  const complete = cli.state !== 'missing' && cli.compose !== null;
  return (
    <>
      {cli.state === 'installed' && cli.path ? <PathCommand path={cli.path} /> : null}
      {complete ? null : <Missing cli={cli} />}
      {!complete && job?.state === 'failed' && job.error ? (
        <ErrorPanel message={job.error.message} hint={job.error.hint} details={job.error.details} />
      ) : null}
    </>
  );
}

function PathCommand({ path }: { path: string }) {
  const folder = path.replace(/\/[^/]*$/, '');
  return (
    <div className="flex flex-col gap-1">
      <p className="text-muted">Foredeck brought a Docker CLI along. Put it on your PATH first:</p>
      <CopyableCommand command={`export PATH=${shellWord(folder)}:"$PATH"`} label="Copy the PATH command" />
    </div>
  );
}

function Missing({ cli }: { cli: DockerCli }) {
  const installing = usePending('docker-cli:install');
  const finding = usePending('docker-cli:find');
  const unavailable = useUnavailable();
  const nothing = cli.state === 'missing';
  return (
    <ErrorPanel
      tone="warn"
      message={
        nothing ? 'There is no Docker CLI on this computer.' : 'This Docker CLI has no Compose plugin.'
      }
      hint={cli.hint}
      actions={
        <>
          {cli.installable ? (
            <Button
              kind={nothing ? 'primary' : 'plain'}
              size="sm"
              icon={<Download aria-hidden className="size-3.5" />}
              busy={installing}
              unavailable={unavailable}
              onClick={() => void perform('docker-cli:install', (client) => client.dockerCli.install())}
            >
              {nothing ? 'Install Docker CLI' : 'Install Compose'}
            </Button>
          ) : null}
          <Button
            size="sm"
            icon={<RefreshCw aria-hidden className="size-3.5" />}
            busy={finding}
            unavailable={unavailable}
            onClick={() => void perform('docker-cli:find', (client) => client.dockerCli.find())}
          >
            Look again
          </Button>
        </>
      }
    />
  );
}
