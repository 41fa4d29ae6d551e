import { type Arch, arches } from '../../../contract/arch.ts';
import type { ImagePlatform } from '../../../contract/docker-images.ts';
import type { Launch } from '../../../contract/launch.ts';
import { controlLook } from '../../ui/control-look.ts';
import { Labelled } from '../../ui/labelled.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { argvWords } from './argv-words.ts';
import type { LaunchDraft, ReadLaunch } from './launch-draft.ts';
import { executionWords } from './platform-pill.tsx';
import { UnsharedFolders } from './unshared-folders.tsx';

interface FieldsProps {
  draft: LaunchDraft;
  problems: ReadLaunch['problems'];
  onEdit: (part: Partial<LaunchDraft>) => void;
}

const environmentLines = 3;
const folderLines = 2;

export interface ImageFieldsProps extends FieldsProps {
  /** Of the image, as far as they are known. */
  platforms: readonly ImagePlatform[] | null;
}

/** What is to run: what the forecast is about. */
export function ImageFields({ draft, problems, platforms, onEdit }: ImageFieldsProps) {
  return (
    <div className="flex flex-col gap-3.5">
      <TextField
        label="Image"
        placeholder="alpine:3.20"
        description="What is not in the VM is pulled."
        problem={problems.image}
        value={draft.image}
        onChange={(image) => onEdit({ image })}
      />
      <Labelled label="Platform">
        {(control) => (
          <select
            {...control}
            className={controlLook}
            value={draft.arch ?? ''}
            onChange={(event) => onEdit({ arch: arches.find((arch) => arch === event.target.value) ?? null })}
          >
            <option value="">Automatic: native where the image has it</option>
            {choicesOf(platforms, draft.arch).map(({ arch, label }) => (
              <option key={arch} value={arch}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Labelled>
    </div>
  );
}

export interface RunFieldsProps extends FieldsProps {
  /** As far as they could be read. */
  binds: Launch['binds'];
}

/** How it is to run. */
export function RunFields({ draft, problems, binds, onEdit }: RunFieldsProps) {
  return (
    <>
      <TextField
        label="Name"
        placeholder="Docker invents one"
        problem={problems.name}
        value={draft.name}
        onChange={(name) => onEdit({ name })}
      />
      <TextField
        label="Command"
        placeholder="the image’s own"
        description={<CommandNote line={draft.command} />}
        problem={problems.command}
        value={draft.command}
        onChange={(command) => onEdit({ command })}
      />
      <TextField
        label="Environment"
        placeholder="NAME=value"
        description="One NAME=value a line; the value is taken as it stands."
        problem={problems.env}
        lines={environmentLines}
        value={draft.env}
        onChange={(env) => onEdit({ env })}
      />
      <TextField
        label="Ports"
        placeholder="8080:80"
        description="This computer’s, then the container’s. Several with commas."
        problem={problems.ports}
        value={draft.ports}
        onChange={(ports) => onEdit({ ports })}
      />
      <div className="flex flex-col gap-2">
        <TextField
          label="Folders"
          placeholder="~/site:/usr/share/nginx/html:ro"
          description="One a line: this computer’s, then the container’s; :ro where it may only read."
          problem={problems.binds}
          lines={folderLines}
          value={draft.binds}
          onChange={(binds) => onEdit({ binds })}
        />
        <UnsharedFolders binds={binds} />
      </div>
    </>
  );
}

/** How the line was split, so that nobody has to know the rules. */
function CommandNote({ line }: { line: string }) {
  const { words } = argvWords(line);
  if (words.length === 0) {
    return (
      <>Words as you would type them; quotes keep blanks together. No shell reads them: no $HOME, no |.</>
    );
  }
  return (
    <span className="flex flex-wrap items-center gap-1">
      <span className="sr-only">Its arguments:</span>
      {words.map((word, index) => (
        <code
          // biome-ignore lint/suspicious/noArrayIndexKey: the same word may come twice, and its place is what it is
          key={index}
          className="max-w-full rounded border border-line bg-sunken px-1 font-mono text-xs wrap-anywhere whitespace-pre-wrap text-ink"
        >
          {word === '' ? '""' : word}
        </code>
      ))}
    </span>
  );
}

/** What the image has; every architecture while that is not known. The chosen one is always among them. */
function choicesOf(
  platforms: readonly ImagePlatform[] | null,
  chosen: Arch | null,
): { arch: Arch; label: string }[] {
  return arches.flatMap((arch) => {
    const platform = platforms?.find((one) => one.arch === arch);
    if (platforms && !platform && arch !== chosen) return [];
    const words = platform ? executionWords[platform.execution].word : platforms ? 'not in this image' : '';
    const absent = platform && !platform.present ? ', not pulled yet' : '';
    return [{ arch, label: `linux/${arch}${words ? ` · ${words}` : ''}${absent}` }];
  });
}
