import type { Container } from '../../../contract/records.ts';
import { shareOf } from '../../../contract/shares.ts';
import { ShareButton } from '../../sharing/share-button.tsx';
import { useShares } from '../../state/hooks.ts';
import { Pill } from '../../ui/pill.tsx';
import { Untrusted } from '../../ui/untrusted.tsx';

/** What a container sees of outside by bind mounts: folders of this computer, marked as such, or of the VM itself. */
export function BindList({ binds }: { binds: Container['binds'] }) {
  const shares = useShares();
  return (
    <ul aria-label="Bind mounts" className="flex flex-col gap-1">
      {binds.map(({ source, target, readOnly }) => {
        const share = shareOf(source, shares);
        return (
          <li key={target} className="flex flex-wrap items-center gap-x-2 gap-y-0.5 text-sm">
            <span className="font-mono wrap-anywhere">
              <Untrusted text={source} /> <span className="text-faint">→</span> <Untrusted text={target} />
            </span>
            {readOnly ? <Pill>read only</Pill> : null}
            {share ? (
              <a href="#/settings/sharing" className="rounded text-accent hover:underline">
                {share.state === 'mounted' ? 'shared folder' : 'shared folder, not in the VM now'}
              </a>
            ) : isGuests(source) ? (
              <span className="text-muted">the VM’s own</span>
            ) : (
              <>
                <Pill tone="warn">not shared</Pill>
                <ShareButton path={source} />
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Where the guest has its own files; as the guest's share-guard has it. */
const guestFolders = /^\/(?:bin|boot|dev|etc|lib|lib32|lib64|proc|run|sbin|sys|usr|var)(?:\/|$)/;

function isGuests(source: string): boolean {
  return source === '/' || (guestFolders.test(source) && !/^\/run\/media(?:\/|$)/.test(source));
}
