import type { Container, ContainerState } from '../../../contract/records.ts';
import { classNames } from '../../ui/class-names.ts';
import { Lamp, type LampTone } from '../../ui/lamp.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { useUnderWay } from './container-acts.ts';
import { hasFailed } from './container-failure.ts';

const lamps: Record<ContainerState, LampTone> = {
  created: 'off',
  running: 'good',
  paused: 'warn',
  restarting: 'busy',
  removing: 'busy',
  exited: 'off',
  dead: 'bad',
};

export interface ContainerStatusProps {
  container: Container;
  stale: boolean;
  /** It goes on when its VM is resumed. */
  suspended: boolean;
  className?: string;
}

/** Docker's own words on how it is, or what is being done to it. */
export function ContainerStatus({ container, stale, suspended, className }: ContainerStatusProps) {
  const underWay = useUnderWay(container.id);
  const tone = stale ? 'unknown' : hasFailed(container) ? 'bad' : lamps[container.state];
  return (
    <div className={classNames('flex min-w-0 items-center gap-2', className)}>
      <Lamp tone={underWay ? 'busy' : tone} />
      <span className="min-w-0 text-sm max-sm:sr-only">
        <span className="block truncate" title={plainText(container.status)}>
          {underWay ?? <Untrusted text={container.status || container.state} />}
        </span>
        {suspended ? <span className="block text-xs text-muted">suspended</span> : null}
        {stale && !suspended ? <span className="block text-xs text-warn">last known</span> : null}
      </span>
    </div>
  );
}
