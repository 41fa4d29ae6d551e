import { type ReactNode, useState } from 'react';
import type { Fix } from '../../../contract/doctor.ts';
import type { Container } from '../../../contract/records.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';

export interface FixDialogProps {
  container: Container;
  fix: Fix;
  onConfirm: (data: 'keep' | 'fresh') => void;
  onClose: () => void;
}

const confirmWords: Record<Fix['kind'], string> = {
  'switch-on': 'Switch on',
  'run-again': 'Run again',
  'use-platform': 'Pull and run',
  'use-emulator': 'Switch and start again',
  'foreign-vm': 'Run in the VM',
  advice: 'Close',
};

/** Says what becomes of the container, and asks about what it had written where there is a choice. */
export function FixDialog({ container, fix, onConfirm, onClose }: FixDialogProps) {
  // What was written belongs to its image: only the same image can go on with it.
  const [data, setData] = useState<'keep' | 'fresh'>(fix.kind === 'run-again' ? 'keep' : 'fresh');
  const changes = changesOf(fix);
  return (
    <Dialog
      open
      title={plainText(fix.label)}
      note={plainText(fix.detail)}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            kind="primary"
            onClick={() => {
              onClose();
              onConfirm(data);
            }}
          >
            {confirmWords[fix.kind]}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4 text-muted">
        <p>
          <Fate fix={fix} name={<Untrusted text={container.name} className="font-medium text-ink" />} />
        </p>
        {changes.length > 0 ? (
          <div>
            <p className="font-medium text-ink">What is different this time</p>
            <ul
              aria-label="What is different this time"
              className="mt-1 rounded-md border border-line bg-sunken px-3 py-1.5 font-mono text-sm text-ink"
            >
              {changes.map((change) => (
                <li key={change} className="wrap-anywhere">
                  <Untrusted text={change} />
                </li>
              ))}
            </ul>
          </div>
        ) : null}
        {fix.kind === 'run-again' ? (
          <>
            <Choice
              label="Files it had written into itself"
              value={data}
              onChange={setData}
              options={[
                { value: 'keep', label: 'Keep them', note: 'The new container starts with a copy of them.' },
                {
                  value: 'fresh',
                  label: 'Start fresh',
                  note: 'As the image is. What it had written stays in the old container.',
                },
              ]}
            />
            <p className="text-sm">Volumes stay as they are in both cases.</p>
          </>
        ) : null}
      </div>
    </Dialog>
  );
}

/** What becomes of the container that is there. */
function Fate({ fix, name }: { fix: Fix; name: ReactNode }) {
  switch (fix.kind) {
    case 'run-again':
      return (
        <>
          A new container takes the name {name}, with the same settings, ports and volumes. The old one is
          stopped and kept under another name, so nothing is lost.
        </>
      );
    case 'use-platform':
      return (
        <>
          A new container takes the name {name}, with the same settings, ports and volumes, made fresh from
          the other platform of its image. What the old one had written into itself cannot go along: it stays
          in the old one, which is stopped and kept under another name. Volumes stay as they are.
        </>
      );
    case 'use-emulator':
      return (
        <>
          {name} itself is started again, with everything in it. The other emulator serves every {fix.arch}{' '}
          program that starts in the VM from then on; those which run keep theirs. The page “Emulation” takes
          you back.
        </>
      );
    case 'foreign-vm':
      return (
        <>
          {name} stays as it is; its image runs in a VM which emulates a whole {fix.arch} computer.
        </>
      );
    case 'switch-on':
      return <>{name} is started again once it is on.</>;
    case 'advice':
      return null;
  }
}

/** What the fix changes, each as a person would write it. */
function changesOf(fix: Fix): string[] {
  switch (fix.kind) {
    case 'run-again':
      return [
        ...Object.entries(fix.env).map(([name, value]) => `${name}=${value}`),
        ...(fix.arguments.length > 0 ? [`… ${fix.arguments.join(' ')}`] : []),
        ...fix.tmpfs.map((path) => `${path} in memory (tmpfs)`),
      ];
    case 'use-platform':
      return [`${fix.image} for linux/${fix.arch}`];
    default:
      return [];
  }
}
