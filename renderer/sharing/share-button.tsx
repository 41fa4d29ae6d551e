import { FolderInput } from 'lucide-react';
import { shareOf } from '../../contract/shares.ts';
import { usePending, useShares, useUnavailable } from '../state/hooks.ts';
import { Button } from '../ui/button.tsx';
import { plainText } from '../ui/text/plain-text.ts';
import { shareFolder, sharingKey } from './share-folder.ts';
import { shareStateWords } from './share-words.ts';

export interface ShareButtonProps {
  /** A folder of the host. */
  path: string;
  /** "Share and start"; "Share" unless said. */
  label?: string;
  /** Called when the VM sees it. */
  onShared?: () => void;
}

/** Shares one folder with one click; says how it is with it once it is shared. */
export function ShareButton({ path, label = 'Share', onShared }: ShareButtonProps) {
  const share = shareOf(path, useShares());
  const busy = usePending(sharingKey(path));
  const unavailable = useUnavailable();
  const usable = share?.state === 'mounted' || share?.state === 'waiting' || share?.state === 'pending';
  if (share && usable) return <span className="text-sm text-muted">{shareStateWords[share.state].word}</span>;
  return (
    <Button
      size="sm"
      icon={<FolderInput aria-hidden className="size-3.5" />}
      busy={busy}
      unavailable={unavailable}
      aria-label={`${label} ${plainText(path)}`}
      title="Containers can read and change everything in it"
      onClick={() => void shareFolder({ path, readOnly: false }).then((shared) => shared && onShared?.())}
    >
      {label}
    </Button>
  );
}
