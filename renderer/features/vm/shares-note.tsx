import { shareStateWords } from '../../sharing/share-words.ts';
import { useShares } from '../../state/hooks.ts';
import { Untrusted } from '../../ui/untrusted.tsx';

/** As many as a line or two hold; the settings have them all. */
const shownShares = 3;

/** Which folders of this computer the VM sees, and those it should see and does not. */
export function SharesNote() {
  const shares = useShares();
  const rest = shares.length - shownShares;
  return (
    <span className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
      {shares.length === 0 ? (
        <span className="text-muted">none: containers see no file of this computer</span>
      ) : null}
      {shares.slice(0, shownShares).map(({ path, state, readOnly }) => (
        <span key={path} className="min-w-0">
          <Untrusted text={path} className="font-mono text-sm wrap-anywhere" />
          <span className="text-sm text-muted">
            {readOnly ? ', read only' : ''}
            {state === 'mounted' ? '' : `, ${shareStateWords[state].word.toLowerCase()}`}
          </span>
        </span>
      ))}
      {rest > 0 ? <span className="text-sm text-muted">and {rest} more</span> : null}
      <a href="#/settings/sharing" className="rounded text-sm text-accent hover:underline">
        {shares.length === 0 ? 'Share a folder' : 'Change'}
      </a>
    </span>
  );
}
