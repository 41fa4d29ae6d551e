import { TriangleAlert } from 'lucide-react';
import type { Launch } from '../../../contract/launch.ts';
import { shareOf } from '../../../contract/shares.ts';
import { ShareButton } from '../../sharing/share-button.tsx';
import { useShares } from '../../state/hooks.ts';
import { Untrusted } from '../../ui/untrusted.tsx';

/** Which of the folders a container is to see are not shared, each with the click that shares it. */
export function UnsharedFolders({ binds }: { binds: Launch['binds'] }) {
  const shares = useShares();
  const unshared = [...new Set(binds.map(({ hostPath }) => hostPath))].filter((path) => {
    const share = shareOf(path, shares);
    return !share || share.state === 'failed' || share.state === 'missing';
  });
  if (unshared.length === 0) return null;
  return (
    <ul
      aria-label="Folders that are not shared"
      className="flex flex-col gap-1.5 rounded-md bg-warn-soft px-3 py-2"
    >
      {unshared.map((path) => (
        <li key={path} className="flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
          <p className="min-w-0 flex-1 basis-40 text-sm">
            <Untrusted text={path} className="font-mono wrap-anywhere" /> is not shared with the VM. Once it
            is, containers can read and change everything in it.
          </p>
          <ShareButton path={path} />
        </li>
      ))}
    </ul>
  );
}
