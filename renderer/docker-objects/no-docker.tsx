import type { ReactNode } from 'react';
import { EmptyState } from '../ui/empty-state.tsx';

/** While the VM is off and nothing is known of it: where the things are, and the way to the switch. */
export function NoDocker({ icon, things }: { icon: ReactNode; things: string }) {
  return (
    <EmptyState icon={icon} title="The VM is not running">
      <p>
        {things} are kept on its data disk and show up here when it runs:{' '}
        <a href="#/overview" className="rounded text-accent underline">
          start it on the overview
        </a>
        .
      </p>
    </EmptyState>
  );
}
