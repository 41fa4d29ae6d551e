import { Download, RefreshCw } from 'lucide-react';
import type { DockerCli } from '../../../contract/records.ts';
import { useJobs, usePending, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { CopyableCommand } from '../../ui/copyable-command.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { shellWord } from '../../ui/text/shell-word.ts';
import { JobProgress } from '../../vocabulary/job-progress.tsx';

/** What stands between the person and a Docker CLI; nothing when it was found on their PATH. */
export function DockerCliNote({ cli }: { cli: DockerCli }) {
  const installing = usePending('docker-cli:install');
  const finding = usePending('docker-cli:find');
  const unavailable = useUnavailable();
  const job = useJobs().find((candidate) => candidate.kind === 'install-docker-cli');
  if (cli.state === 'found') return null;
  if (cli.state === 'installed') {
    const folder = cli.path?.replace(/\/[^/]*$/, '');
    if (!folder) return null;
    return (
      <div className="flex flex-col gap-1">
        <p className="text-muted">Foredeck brought a Docker CLI along. Put it on your PATH first:</p>
        <CopyableCommand command={`export PATH=${shellWord(folder)}:"$PATH"`} label="Copy the PATH command" />
      </div>
    );
  }
  if (cli.state === 'installing') {
    return job?.state === 'running' ? (
      <JobProgress job={job} />
    ) : (
      <p role="status">Installing the Docker CLI…</p>
    );
  }
  return (
    <>
      <ErrorPanel
        tone="warn"
        message="There is no Docker CLI on this computer."
        hint={cli.hint}
        actions={
          <>
            {cli.installable ? (
              <Button
                kind="primary"
                size="sm"
                icon={<Download aria-hidden className="size-3.5" />}
                busy={installing}
                unavailable={unavailable}
                onClick={() => void perform('docker-cli:install', (client) => client.dockerCli.install())}
              >
                Install Docker CLI
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
      {job?.state === 'failed' && job.error ? (
        <ErrorPanel message={job.error.message} hint={job.error.hint} details={job.error.details} />
      ) : null}
    </>
  );
}
