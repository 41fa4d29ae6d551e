import { ChevronRight, Stethoscope } from 'lucide-react';
import type { Container, ContainerState } from '../../../contract/records.ts';
import { useEngineState, useStale } from '../../state/hooks.ts';
import { classNames } from '../../ui/class-names.ts';
import { Lamp, type LampTone } from '../../ui/lamp.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { ArchPill } from '../../vocabulary/arch-pill.tsx';
import { ContainerDetails } from './container-details.tsx';
import { hasFailed } from './container-failure.ts';
import { PortList } from './port-list.tsx';

const lamps: Record<ContainerState, LampTone> = {
  created: 'off',
  running: 'good',
  paused: 'warn',
  restarting: 'busy',
  removing: 'busy',
  exited: 'off',
  dead: 'bad',
};

/** A row stays three lines high at most; the details list them all. */
const shownPorts = 2;

export interface ContainerRowProps {
  container: Container;
  open: boolean;
  onToggle: () => void;
}

/** One container; its details unfold below it. */
export function ContainerRow({ container, open, onToggle }: ContainerRowProps) {
  const lost = useStale();
  const stale = lost || container.stale;
  const suspended = useEngineState((state) => state.vms[container.vm]?.state === 'suspended') && !lost;
  // It goes on when the VM is resumed.
  const waits = suspended && container.state === 'running';
  const detailsId = `container-${container.id}`;
  const failed = hasFailed(container);
  const { diagnosis } = container;
  return (
    <>
      <tr
        data-stale={stale || undefined}
        onClick={(event) => {
          const target = event.target;
          if (target instanceof Element && !target.closest('a, button')) onToggle();
        }}
        className={classNames(
          'h-13 border-t border-line align-middle hover:bg-hover/60',
          open && 'bg-window hover:bg-window',
          stale && 'text-muted',
        )}
      >
        <td className="py-2 pr-4 pl-3">
          <div className="flex min-w-0 items-center gap-2.5">
            <button
              type="button"
              aria-expanded={open}
              aria-controls={open ? detailsId : undefined}
              aria-label={`Details of ${plainText(container.name)}`}
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
                <Untrusted text={container.name} />
              </p>
              <p className="truncate font-mono text-xs text-muted">
                <Untrusted text={container.image} />
              </p>
              {diagnosis ? <Verdict title={diagnosis.title} className="max-sm:hidden" /> : null}
            </div>
          </div>
        </td>
        <td className="py-2 pr-3">
          <ArchPill arch={container.arch} execution={container.execution} emulator={container.emulator} />
          {container.emulator ? (
            <p className="truncate pt-0.5 pl-2 text-xs text-faint">
              <Untrusted text={container.emulator} />
            </p>
          ) : null}
        </td>
        <td className="py-2 max-sm:*:hidden sm:pr-3">
          <PortList ports={container.ports} limit={shownPorts} />
        </td>
        <td className="py-2 pr-3">
          <div className="flex min-w-0 items-center gap-2">
            <Lamp tone={stale ? 'unknown' : failed ? 'bad' : lamps[container.state]} />
            <span className="min-w-0 text-sm">
              <span
                className="line-clamp-2 wrap-anywhere md:line-clamp-none md:block md:truncate"
                title={plainText(container.status)}
              >
                <Untrusted text={container.status || container.state} />
              </span>
              {waits ? <span className="block text-xs text-muted">suspended</span> : null}
              {stale && !waits ? <span className="block text-xs text-warn">last known</span> : null}
            </span>
          </div>
        </td>
      </tr>
      {diagnosis ? (
        // Where it is narrow, the first column has no room for a sentence.
        <tr onClick={onToggle} className={classNames('sm:hidden', open && 'bg-window')}>
          <td colSpan={4} className="px-3 pb-2">
            <Verdict title={diagnosis.title} className="pl-8.5" />
          </td>
        </tr>
      ) : null}
      {open ? (
        <tr id={detailsId} className="bg-window">
          <td colSpan={4} className="px-4 pt-2 pb-5 sm:pl-12">
            <ContainerDetails container={container} />
          </td>
        </tr>
      ) : null}
    </>
  );
}

function Verdict({ title, className }: { title: string; className: string }) {
  return (
    <p className={classNames('flex gap-1 pt-0.5 text-xs text-bad', className)}>
      <Stethoscope aria-hidden className="mt-0.5 size-3 shrink-0" />
      <span className="sr-only">Verdict: </span>
      <Untrusted text={title} className="line-clamp-2 wrap-anywhere" />
    </p>
  );
}
