import type { DockerImage } from '../../../contract/docker-images.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { formatBytes } from '../../ui/text/bytes.ts';
import { plainText } from '../../ui/text/plain-text.ts';

export interface RemoveDialogProps {
  image: DockerImage;
  /** The tag, or the id of an image without any, that is about to go; null when none is. */
  target: string | null;
  onConfirm: (target: string) => void;
  onClose: () => void;
}

/** Says what removing a tag takes away: with other tags left, only a name. */
export function RemoveDialog({ image, target, onConfirm, onClose }: RemoveDialogProps) {
  const left = image.tags.filter((tag) => tag !== target);
  const present = image.platforms.filter((platform) => platform.present);
  const bytes = present.reduce((sum, platform) => sum + platform.sizeBytes, 0);
  return (
    <ConfirmDialog
      open={target !== null}
      title={`Remove ${plainText(target ?? '')}?`.slice(0, 120)}
      confirmLabel="Remove"
      onConfirm={() => {
        if (target !== null) onConfirm(target);
      }}
      onClose={onClose}
    >
      {left.length > 0 ? (
        <p className="wrap-anywhere">
          Only this name goes: the image stays as {left.map((tag) => plainText(tag)).join(', ')}.
        </p>
      ) : (
        <p>
          The image goes with its last name:{' '}
          {present.length === 1 ? 'one platform' : `${present.length} platforms`}, {formatBytes(bytes)}.
          Layers that other images use stay. To have it again it has to be pulled, imported or built.
        </p>
      )}
    </ConfirmDialog>
  );
}
