import { RotateCw, Shuffle } from 'lucide-react';
import { useState } from 'react';
import type { PublishedPort } from '../../contract/published-ports.ts';
import type { Container } from '../../contract/records.ts';
import { useDockerUnavailable, usePending } from '../state/hooks.ts';
import { Button } from '../ui/button.tsx';
import { CopyableCommand } from '../ui/copyable-command.tsx';
import { ErrorPanel } from '../ui/error-panel.tsx';
import { OtherPortDialog } from './other-port-dialog.tsx';
import { checkPorts, movePort, pendingKey } from './port-acts.ts';

export interface PortNoticeProps {
  container: Pick<Container, 'vm' | 'id'>;
  port: PublishedPort;
}

/** Why a port does not answer, or not everywhere, and the ways out of it; nothing where all is well. */
export function PortNotice({ container, port }: PortNoticeProps) {
  const [asking, setAsking] = useState(false);
  const unavailable = useDockerUnavailable(container.vm);
  const moving = usePending(pendingKey(container, port));
  const checking = usePending(`ports:check:${container.vm}`);
  const { problem } = port;
  if (problem === null) return null;
  const movable = problem.reason === 'taken' || problem.reason === 'not-permitted';
  return (
    <>
      <ErrorPanel
        tone="warn"
        message={problem.message}
        actions={
          <>
            {problem.command === null ? null : (
              <div className="w-full">
                <CopyableCommand command={problem.command} label="Copy the command" />
              </div>
            )}
            {movable ? (
              <>
                <Button
                  size="sm"
                  busy={moving}
                  unavailable={unavailable}
                  icon={<Shuffle aria-hidden className="size-3.5" />}
                  onClick={() => void movePort(container, port, null)}
                >
                  Use another port
                </Button>
                <Button size="sm" unavailable={unavailable} onClick={() => setAsking(true)}>
                  Choose one…
                </Button>
              </>
            ) : null}
            {problem.reason === 'unsupported' ? null : (
              <Button
                size="sm"
                busy={checking}
                unavailable={unavailable}
                icon={<RotateCw aria-hidden className="size-3.5" />}
                onClick={() => void checkPorts(container.vm)}
              >
                Try again
              </Button>
            )}
          </>
        }
      />
      {asking ? <OtherPortDialog container={container} port={port} onClose={() => setAsking(false)} /> : null}
    </>
  );
}
