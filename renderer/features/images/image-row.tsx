import { ChevronRight, Download, Ellipsis, Play, Trash2 } from 'lucide-react';
import { useId, useState } from 'react';
import type { Arch } from '../../../contract/arch.ts';
import type { DockerImage } from '../../../contract/docker-images.ts';
import type { WireError } from '../../../contract/errors.ts';
import { attempt } from '../../state/attempt.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { classNames } from '../../ui/class-names.ts';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu } from '../../ui/menu.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { formatAge } from '../../ui/text/duration.ts';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useNow } from '../../ui/use-now.ts';
import { ImagePlatforms } from './image-platforms.tsx';
import { PlatformPill } from './platform-pill.tsx';
import { RemoveDialog } from './remove-dialog.tsx';

const ageTickMs = 60_000;
/** A row stays two lines high at most; unfolded it lists them all. */
const shownPlatforms = 5;

export interface ImageRowProps {
  image: DockerImage;
  open: boolean;
  onToggle: () => void;
  onRun: (reference: string, arch: Arch | null) => void;
  onPull: (reference: string, arch: Arch | null) => void;
}

/** One image: its names, its platforms and how each would run; the rest unfolds below. */
export function ImageRow({ image, open, onToggle, onRun, onPull }: ImageRowProps) {
  const [removing, setRemoving] = useState<string | null>(null);
  const [error, setError] = useState<WireError | null>(null);
  const now = useNow(ageTickMs);
  const detailsId = useId();
  const unavailable = useDockerUnavailable(image.vm);
  const { tags } = image;
  const reference = tags[0] ?? image.id;
  const name = tags[0] ?? 'untagged';
  const present = image.platforms.filter((platform) => platform.present);
  const platforms = [...present, ...image.platforms.filter((platform) => !platform.present)];
  const remove = async (target: string): Promise<void> => {
    setError(null);
    const outcome = await attempt(`image:remove:${image.vm}/${target}`, (client) =>
      client.dockerImage.remove({ vm: image.vm, image: target }),
    );
    if (outcome && !outcome.ok) setError(outcome.error);
  };
  return (
    <div className="flex flex-col gap-2.5 py-2.5 pr-3 pl-2">
      <div className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-2.5 gap-y-1.5 md:grid-cols-[auto_minmax(0,1fr)_minmax(0,1.25fr)_6rem_auto]">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={open ? detailsId : undefined}
          aria-label={`Details of ${plainText(name)}`}
          onClick={onToggle}
          className="grid size-6 shrink-0 place-items-center rounded text-faint hover:bg-hover hover:text-ink"
        >
          <ChevronRight
            aria-hidden
            className={classNames('size-4 transition-transform', open && 'rotate-90')}
          />
        </button>
        <div className="min-w-0">
          <p className="truncate font-medium">
            {tags[0] === undefined ? (
              <span className="text-muted">untagged</span>
            ) : (
              <Untrusted text={tags[0]} />
            )}
          </p>
          <p className="truncate text-xs text-muted">
            {tags[0] === undefined ? (
              <Untrusted text={image.id} className="font-mono" />
            ) : tags.length > 1 ? (
              <>
                also <Untrusted text={tags.slice(1).join(', ')} />
              </>
            ) : null}
          </p>
        </div>
        <ul
          aria-label={`Platforms of ${plainText(name)}`}
          className="col-span-2 col-start-2 row-start-2 flex min-w-0 flex-wrap gap-1 md:col-span-1 md:col-start-3 md:row-start-1"
        >
          {platforms.slice(0, shownPlatforms).map((platform) => (
            <li key={`${platform.platform} ${platform.digest}`} className="max-w-full">
              <PlatformPill platform={platform} />
            </li>
          ))}
          {platforms.length > shownPlatforms ? (
            <li className="self-center text-xs text-muted">and {platforms.length - shownPlatforms} more</li>
          ) : null}
        </ul>
        <p className="col-start-2 row-start-3 text-sm text-muted tabular-nums max-md:flex max-md:gap-2 md:col-start-4 md:row-start-1 md:text-right">
          <span className="block">
            {formatBytes(present.reduce((sum, platform) => sum + platform.sizeBytes, 0))}
          </span>
          <span className="block text-xs leading-4.5 text-faint">
            {image.createdAt === null ? 'age not known' : formatAge(now - image.createdAt)}
          </span>
        </p>
        <div className="col-start-3 row-start-1 flex items-center gap-1 md:col-start-5">
          <Button
            size="sm"
            icon={<Play aria-hidden className="size-3" />}
            aria-label={`Run ${plainText(name)}`}
            onClick={() => onRun(reference, null)}
          >
            Run…
          </Button>
          <Menu
            trigger={
              <IconButton
                label={`More about ${plainText(name)}`}
                icon={<Ellipsis aria-hidden className="size-4" />}
              />
            }
            items={[
              ...(tags[0] === undefined
                ? []
                : [
                    {
                      label: 'Pull another platform…',
                      icon: <Download aria-hidden className="size-4 shrink-0 text-muted" />,
                      unavailable,
                      onSelect: () => onPull(reference, null),
                    },
                  ]),
              ...(tags.length === 0 ? [image.id] : tags).map((tag) => ({
                label: `Remove ${plainText(tag)}…`,
                icon: <Trash2 aria-hidden className="size-4 shrink-0" />,
                danger: true,
                unavailable,
                onSelect: () => setRemoving(tag),
              })),
            ]}
          />
        </div>
      </div>
      {error ? <ErrorPanel message={error.message} hint={error.hint} details={error.details} /> : null}
      {open ? (
        <div id={detailsId} className="pl-8.5">
          <ImagePlatforms
            image={image}
            platforms={platforms}
            onRun={(arch) => onRun(reference, arch)}
            onPull={tags[0] === undefined ? null : (arch) => onPull(reference, arch)}
          />
        </div>
      ) : null}
      <RemoveDialog
        image={image}
        target={removing}
        onConfirm={(target) => void remove(target)}
        onClose={() => setRemoving(null)}
      />
    </div>
  );
}
