import { Box } from 'lucide-react';
import { useContainers } from '../../state/hooks.ts';
import { Finder } from '../../ui/finder.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { openContainerTerminal } from './terminal-sessions.ts';

/** Asks in which running container a shell is wanted. */
export function ContainerChooser({ open, onClose }: { open: boolean; onClose: () => void }) {
  const running = useContainers().filter(({ state, stale }) => state === 'running' && !stale);
  return (
    <Finder
      open={open}
      label="Container for a shell"
      empty={running.length === 0 ? 'No container runs.' : 'No running container has that in its name.'}
      onClose={onClose}
      groups={[
        {
          title: 'Running containers',
          entries: running.map((container) => ({
            id: container.id,
            label: plainText(container.name),
            note: plainText(container.image),
            words: plainText(`${container.image} ${container.id}`),
            icon: <Box aria-hidden />,
            onSelect: () => void openContainerTerminal(container.vm, container.id),
          })),
        },
      ]}
    />
  );
}
