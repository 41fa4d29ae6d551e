import { ArrowUp, Download, RefreshCw } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { FileList } from '../../../../contract/container-files.ts';
import type { Container } from '../../../../contract/records.ts';
import { attempt, type Outcome } from '../../../state/attempt.ts';
import { useDockerUnavailable, usePending } from '../../../state/hooks.ts';
import { Button } from '../../../ui/button.tsx';
import { ErrorPanel } from '../../../ui/error-panel.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import { formatBytes } from '../../../ui/text/bytes.ts';
import { plainText } from '../../../ui/text/plain-text.ts';
import { TextField } from '../../../ui/text-field.tsx';
import { Untrusted } from '../../../ui/untrusted.tsx';
import { VirtualGrid } from '../../../ui/virtual-grid.tsx';
import { FileCells, FileHead } from './file-cells.tsx';
import { type FileRow, fileRows, isFolder, pathSteps } from './file-rows.ts';
import { type RunningDownload, useDownload } from './use-download.ts';

/** The files of a container: folders to walk through while it runs, and anything to download by its path. */
export function FilesTab({ container }: { container: Container }) {
  const { running, error, start, cancel } = useDownload({ vm: container.vm, container: container.id });
  const runs = container.state === 'running' || container.state === 'paused';
  return (
    <>
      {running ? <DownloadProgress running={running} onCancel={cancel} /> : null}
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      {runs ? (
        <Folders container={container} download={start} />
      ) : (
        <ByPath container={container} download={start} />
      )}
    </>
  );
}

interface PartProps {
  container: Container;
  download: (path: string) => void;
}

function Folders({ container, download }: PartProps) {
  const [path, setPath] = useState('/');
  const { outcome, read, pending, unavailable } = useFolder(container, path);
  const list = outcome?.ok ? outcome.value : null;
  const rows = useMemo(() => (list ? fileRows(list.path, list.entries, download) : []), [list, download]);
  const steps = pathSteps(list?.path ?? path);
  const parent = steps.at(-2)?.path;
  const open = ({ entry, path: target }: FileRow): void => {
    if (target !== null && isFolder(entry)) setPath(target);
  };
  return (
    <>
      <div className="flex shrink-0 flex-wrap items-center gap-2">
        <IconButton
          label="Up a folder"
          icon={<ArrowUp aria-hidden className="size-3.5" />}
          unavailable={parent === undefined ? 'This is the top' : undefined}
          onClick={() => parent !== undefined && setPath(parent)}
        />
        <nav aria-label="Folder" className="min-w-0 flex-1 font-mono text-sm wrap-anywhere">
          {steps.map((step, index) => (
            <span key={step.path}>
              <button
                type="button"
                aria-current={index === steps.length - 1 ? 'location' : undefined}
                onClick={() => setPath(step.path)}
                className="rounded px-0.5 text-accent hover:underline aria-[current]:text-ink"
              >
                <Untrusted text={step.name} />
              </button>
              {index > 0 && index < steps.length - 1 ? '/' : null}
            </span>
          ))}
        </nav>
        <IconButton
          label="Read again"
          icon={<RefreshCw aria-hidden className="size-3.5" />}
          busy={pending}
          unavailable={unavailable}
          onClick={() => void read()}
        />
        <Button
          size="sm"
          icon={<Download aria-hidden className="size-3.5" />}
          unavailable={unavailable}
          onClick={() => download(list?.path ?? path)}
        >
          This folder as tar
        </Button>
      </div>
      {outcome && !outcome.ok ? (
        <ErrorPanel tone="warn" message={outcome.error.message} hint={outcome.error.hint} />
      ) : null}
      {list === null ? (
        outcome ? null : (
          <p className="text-muted">{unavailable ?? 'Reading the folder…'}</p>
        )
      ) : rows.length === 0 ? (
        <p className="py-8 text-center text-muted">This folder is empty.</p>
      ) : (
        <VirtualGrid
          label={`Files in ${plainText(list.path)}`}
          rows={rows}
          head={<FileHead />}
          Cells={FileCells}
          onOpen={open}
          onClick={open}
          className="min-h-0"
        />
      )}
      {list && list.omitted > 0 ? (
        <p className="shrink-0 text-sm text-muted">
          {list.omitted} more are not listed. The whole folder can be downloaded.
        </p>
      ) : null}
    </>
  );
}

/** Docker gives out files of a container that does not run, but has no way to list its folders. */
function ByPath({ container, download }: PartProps) {
  const [path, setPath] = useState('');
  const unavailable = useDockerUnavailable(container.vm);
  const problem = path === '' || path.startsWith('/') ? undefined : 'A path begins with /.';
  return (
    <form
      className="flex max-w-2xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (path !== '' && problem === undefined && unavailable === undefined) download(path);
      }}
    >
      <p className="text-muted">
        Folders can be walked through while the container runs. As long as it does not, Docker gives out what
        you know the path of: a file as it is, a folder as a tar archive.
      </p>
      <div className="flex flex-wrap items-start gap-2">
        <TextField
          label="Path in the container"
          value={path}
          onChange={setPath}
          problem={problem}
          placeholder="/var/log"
          className="min-w-64 flex-1"
        />
        <Button
          type="submit"
          icon={<Download aria-hidden className="size-3.5" />}
          unavailable={unavailable ?? (path === '' ? 'Type a path first' : problem)}
          className="mt-6"
        >
          Download
        </Button>
      </div>
    </form>
  );
}

function DownloadProgress({ running, onCancel }: { running: RunningDownload; onCancel: () => void }) {
  const { path, doneBytes, sizeBytes } = running;
  const of = sizeBytes === null ? '' : ` of ${formatBytes(sizeBytes)}`;
  return (
    <div className="flex shrink-0 items-center gap-3 rounded-md border border-line bg-surface px-3 py-2">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm">
          Downloading <Untrusted text={path} className="font-mono" />, {formatBytes(doneBytes)}
          {of}
        </p>
        <ProgressBar
          fraction={sizeBytes === null || sizeBytes === 0 ? null : doneBytes / sizeBytes}
          label={`Download of ${plainText(path)}`}
        />
      </div>
      <Button size="sm" onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

/** A folder, read when somebody comes to look. What was there before stays until the next is. */
function useFolder({ vm, id }: Container, path: string) {
  const [outcome, setOutcome] = useState<Outcome<FileList> | null>(null);
  const unavailable = useDockerUnavailable(vm);
  const key = `container:files:${id}:${path}`;
  const pending = usePending(key);
  const read = async (isLeft: () => boolean = () => false): Promise<void> => {
    const answer = await attempt(key, (client) => client.container.files({ vm, container: id, path }));
    if (answer && !isLeft()) setOutcome(answer);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: `read` is new at each rendering and depends on these only
  useEffect(() => {
    let left = false;
    if (unavailable === undefined) void read(() => left);
    return () => {
      left = true;
    };
  }, [vm, id, path, unavailable]);
  return { outcome, read, pending, unavailable };
}
