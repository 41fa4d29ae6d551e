import type { Container } from '../../../contract/records.ts';
import { Untrusted } from '../../ui/untrusted.tsx';

/** More names than these would push a dialog's buttons out of sight. */
const mostNames = 8;

/** The containers a question is about. */
export function ContainerNames({ containers }: { containers: readonly Container[] }) {
  const hidden = containers.length - mostNames;
  return (
    <ul className="mt-3 rounded-md border border-line bg-sunken px-3 py-1.5 text-ink">
      {containers.slice(0, mostNames).map((container) => (
        <li key={container.id} className="truncate">
          <Untrusted text={container.name} />
        </li>
      ))}
      {hidden > 0 ? <li>and {hidden} more</li> : null}
    </ul>
  );
}
