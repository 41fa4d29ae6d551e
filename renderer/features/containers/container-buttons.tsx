import {
  CirclePause,
  CirclePlay,
  Ellipsis,
  Folder,
  Play,
  RotateCw,
  ScrollText,
  Skull,
  Square,
  SquareTerminal,
  Trash2,
} from 'lucide-react';
import type { Container } from '../../../contract/records.ts';
import { useDockerUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { Menu, type MenuItem } from '../../ui/menu.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { ask } from './asking-store.ts';
import { type ContainerAct, useUnderWay } from './container-acts.ts';
import { isUp } from './container-rows.ts';
import { openTab } from './open-tabs.ts';

export interface ContainerButtonsProps {
  container: Container;
  /** With words, as on the container's own page. */
  wordy?: boolean;
  tabIndex?: 0 | -1;
}

/** What is usually meant as a button, everything else in a menu. */
export function ContainerButtons({ container, wordy = false, tabIndex = 0 }: ContainerButtonsProps) {
  const docker = useDockerUnavailable(container.vm);
  const underWay = useUnderWay(container.id);
  const unavailable = docker ?? (container.state === 'removing' ? 'It is being removed' : undefined);
  const name = plainText(container.name);
  const usual = usualAct(container);
  const { label, icon } = looks[usual];
  const state = {
    busy: underWay !== undefined,
    unavailable: underWay === undefined ? unavailable : undefined,
  };
  const press = (): void => ask(container, usual);
  return (
    <div className="flex items-center justify-end gap-1">
      {wordy ? (
        <>
          <Button icon={icon} {...state} onClick={press}>
            {label}
          </Button>
          {container.state === 'running' ? (
            <Button
              icon={looks.restart.icon}
              unavailable={unavailable ?? underWay}
              onClick={() => ask(container, 'restart')}
            >
              Restart
            </Button>
          ) : null}
        </>
      ) : (
        <IconButton label={`${label} ${name}`} icon={icon} {...state} tabIndex={tabIndex} onClick={press} />
      )}
      <Menu
        trigger={
          <IconButton
            label={`More for ${name}`}
            icon={<Ellipsis aria-hidden className="size-4" />}
            kind={wordy ? 'plain' : 'quiet'}
            className={wordy ? 'size-8' : undefined}
            tabIndex={tabIndex}
          />
        }
        items={itemsFor(container, unavailable ?? underWay, wordy)}
      />
    </div>
  );
}

const iconLook = 'size-3.5 shrink-0';

const looks: Record<ContainerAct, { label: string; icon: React.ReactNode }> = {
  start: { label: 'Start', icon: <Play aria-hidden className={`${iconLook} fill-current`} /> },
  stop: { label: 'Stop', icon: <Square aria-hidden className={`${iconLook} fill-current`} /> },
  restart: { label: 'Restart', icon: <RotateCw aria-hidden className={iconLook} /> },
  pause: { label: 'Pause', icon: <CirclePause aria-hidden className={iconLook} /> },
  resume: { label: 'Resume', icon: <CirclePlay aria-hidden className={iconLook} /> },
  kill: { label: 'Kill…', icon: <Skull aria-hidden className={iconLook} /> },
  remove: { label: 'Remove…', icon: <Trash2 aria-hidden className={iconLook} /> },
};

function usualAct(container: Container): ContainerAct {
  if (container.state === 'paused') return 'resume';
  return isUp(container) ? 'stop' : 'start';
}

/** `wordy`: the places to go to are tabs beside it there. */
function itemsFor(container: Container, unavailable: string | undefined, wordy: boolean): MenuItem[] {
  const up = isUp(container);
  const running = container.state === 'running';
  const act = (what: ContainerAct): MenuItem => ({
    ...looks[what],
    danger: what === 'kill' || what === 'remove',
    unavailable,
    onSelect: () => ask(container, what),
  });
  const go = (label: string, tab: 'logs' | 'files', icon: React.ReactNode): MenuItem => ({
    label,
    icon,
    onSelect: () => {
      openTab(container.id, tab);
      location.hash = `/containers/${container.id}`;
    },
  });
  return [
    ...(wordy
      ? []
      : [
          go('Logs', 'logs', <ScrollText aria-hidden className={iconLook} />),
          go('Files', 'files', <Folder aria-hidden className={iconLook} />),
        ]),
    {
      label: 'Terminal',
      icon: <SquareTerminal aria-hidden className={iconLook} />,
      unavailable: running ? unavailable : 'It has to run first',
      onSelect: () => {
        location.hash = `/terminal/${container.id}`;
      },
    },
    ...(up && container.state === 'paused' ? [act('stop')] : []),
    ...(running ? [act('restart'), act('pause')] : []),
    ...(up ? [act('kill')] : []),
    act('remove'),
  ];
}
