import { Box, Cpu, Footprints, Moon, Play, Power, Square, SquareTerminal, Sun } from 'lucide-react';
import type { ContainerAction } from '../../contract/container-actions.ts';
import type { Container, Handler, Vm } from '../../contract/records.ts';
import { showFirstSteps } from '../state/first-steps.ts';
import { useContainers, useEngineState, useHandlers, useServiceVm, useUnavailable } from '../state/hooks.ts';
import { perform } from '../state/perform.ts';
import { chooseTheme, useTheme } from '../state/theme.ts';
import type { FinderEntry, FinderGroup } from '../ui/finder.tsx';
import { plainText } from '../ui/text/plain-text.ts';
import { toastDone } from '../ui/toasts.tsx';
import { stopByWords, vmStateWords } from '../vocabulary/vm-words.ts';
import { screenEntries } from './screen-entries.ts';

/** Containers shown before anything is typed: those running, which come first. */
const firstContainers = 6;

/** Screens, things and actions of this moment. What asks before it is done leads to where it is asked. */
export function usePaletteGroups(): FinderGroup[] {
  const vm = useServiceVm();
  const containers = useContainers();
  const handlers = useHandlers(vm?.name ?? '');
  const stopBy = useEngineState((state) => state.settings.stopBy) ?? 'suspend';
  const unavailable = useUnavailable();
  const dark = useTheme((theme) => theme.dark);
  return [
    { title: 'Go to', entries: screenEntries.map(screenEntry) },
    {
      title: 'Do',
      entries: [
        ...(vm ? vmActions(vm, stopBy, unavailable) : []),
        {
          id: 'theme',
          label: dark ? 'Use the light theme' : 'Use the dark theme',
          words: 'appearance colours',
          icon: dark ? <Sun aria-hidden /> : <Moon aria-hidden />,
          onSelect: () => chooseTheme(dark ? 'light' : 'dark'),
        },
        {
          id: 'first steps',
          label: 'Show the first steps',
          words: 'tour help welcome start sample',
          icon: <Footprints aria-hidden />,
          onSelect: () => {
            showFirstSteps();
            goTo('/overview');
          },
        },
      ],
    },
    { title: 'Containers', first: firstContainers, entries: containers.map(containerEntry) },
    {
      title: 'Shells',
      first: 0,
      entries: containers.filter(isRunning).map((container) => ({
        id: `shell ${container.id}`,
        label: `Open a shell in ${plainText(container.name)}`,
        words: 'terminal exec',
        icon: <SquareTerminal aria-hidden />,
        unavailable,
        onSelect: () => goTo(`/terminal/${container.id}`),
      })),
    },
    {
      title: 'Start and stop',
      first: 0,
      entries: containers.flatMap((container) => containerActions(container, unavailable)),
    },
    {
      title: 'Architectures',
      first: 0,
      entries: handlers.filter(({ state }) => state !== 'native').map((one) => archEntry(one, unavailable)),
    },
  ];
}

function goTo(path: string): void {
  location.hash = path;
}

function isRunning({ state, stale }: Container): boolean {
  return state === 'running' && !stale;
}

function screenEntry({ screen, title, icon: Icon, words }: (typeof screenEntries)[number]): FinderEntry {
  return {
    id: `screen ${screen}`,
    label: title,
    words,
    icon: <Icon aria-hidden />,
    onSelect: () => goTo(`/${screen}`),
  };
}

function containerEntry(container: Container): FinderEntry {
  return {
    id: `container ${container.id}`,
    label: plainText(container.name),
    note: plainText(container.image),
    words: plainText(
      `${container.image} ${container.composeProject ?? ''} ${container.arch ?? ''} ${container.id}`,
    ),
    icon: <Box aria-hidden />,
    onSelect: () => goTo(`/containers/${container.id}`),
  };
}

/** What loses nothing; a container which goes with its end is stopped where one sees that. */
function containerActions(container: Container, unavailable: string | undefined): FinderEntry[] {
  const { id, vm, state, stale, autoRemove } = container;
  if (stale) return [];
  const name = plainText(container.name);
  const act = (action: ContainerAction): Promise<unknown> =>
    perform(`container:${action}:${id}`, async (client) => {
      await client.container.act({ vm, container: id, action });
      return true;
    });
  const entry = (action: ContainerAction, label: string, onSelect: () => unknown): FinderEntry => ({
    id: `${action} ${id}`,
    label: `${label} ${name}`,
    words: 'container',
    icon: action === 'stop' ? <Square aria-hidden /> : <Play aria-hidden />,
    unavailable,
    onSelect: () => void onSelect(),
  });
  const stop = async (): Promise<void> => {
    if (await act('stop')) toastDone(`${name} was stopped.`, { undo: () => void act('start') });
  };
  if (state === 'exited' || state === 'created') return [entry('start', 'Start', () => act('start'))];
  if (state !== 'running') return [];
  const restart = entry('restart', 'Restart', () => act('restart'));
  return autoRemove ? [restart] : [entry('stop', 'Stop', stop), restart];
}

/** Starting and suspending lose nothing and are done at once; shutting down is asked for on the overview. */
function vmActions(vm: Vm, stopBy: 'suspend' | 'shut-down', unavailable: string | undefined): FinderEntry[] {
  const { name, state } = vm;
  const note = vmStateWords[state].word;
  if (state === 'absent' || state === 'stopped' || state === 'suspended' || state === 'broken') {
    return [
      {
        id: 'vm start',
        label: state === 'suspended' ? 'Resume the VM' : 'Start the VM',
        words: 'boot service',
        note,
        icon: <Play aria-hidden />,
        unavailable,
        onSelect: () => void perform(`vm:start:${name}`, (client) => client.vm.start({ vm: name })),
      },
    ];
  }
  if (state !== 'running') return [];
  const terminal: FinderEntry = {
    id: 'vm shell',
    label: 'Open a terminal',
    words: 'shell vm console',
    icon: <SquareTerminal aria-hidden />,
    onSelect: () => goTo('/terminal'),
  };
  const stop: FinderEntry =
    stopBy === 'suspend'
      ? {
          id: 'vm suspend',
          label: 'Suspend the VM',
          words: 'stop pause',
          note: stopByWords.suspend.gain,
          icon: <Moon aria-hidden />,
          unavailable,
          onSelect: () =>
            void perform(`vm:stop:${name}`, (client) => client.vm.stop({ vm: name, by: 'suspend' })),
        }
      : {
          id: 'vm stop',
          label: 'Shut the VM down…',
          words: 'stop power off',
          note: 'On the overview',
          icon: <Power aria-hidden />,
          onSelect: () => goTo('/overview'),
        };
  return [terminal, stop];
}

/** Switching on takes nothing away; what is on is switched off where one sees who uses it. */
function archEntry({ vm, arch, state }: Handler, unavailable: string | undefined): FinderEntry {
  const isOn = state === 'on';
  return {
    id: `arch ${arch}`,
    label: isOn ? `${arch} is on…` : `Switch ${arch} on`,
    words: 'emulation emulate architecture qemu',
    note: isOn ? 'On the Emulation screen' : 'Run its containers here',
    icon: <Cpu aria-hidden />,
    unavailable: isOn || state === 'off' || state === 'failed' ? unavailable : 'The VM has to run first',
    onSelect: () => {
      goTo('/emulation');
      if (!isOn)
        void perform(`emulation:switch:${vm}/${arch}`, (client) => client.emulation.on({ vm, arch }));
    },
  };
}
