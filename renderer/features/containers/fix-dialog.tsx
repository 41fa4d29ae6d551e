import { useState } from 'react';
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
  'use-emulator': 'Switch and run again',
  'foreign-vm': 'Run in the VM',
  advice: 'Close',
};

/** Says what becomes of the container and asks about what it had written. Mounted while it asks. */
export function FixDialog({ container, fix, onConfirm, onClose }: FixDialogProps) {
  const [data, setData] = useState<'keep' | 'fresh'>('keep');
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
          A new container takes the name <Untrusted text={container.name} className="font-medium text-ink" />,
          with the same settings, ports and volumes. The old one is stopped and kept under another name, so
          nothing is lost.
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
      </div>
    </Dialog>
  );
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
    case 'use-emulator':
      return [`the ${fix.arch} emulator out of ${fix.suite}, for every new ${fix.arch} program in the VM`];
    case 'foreign-vm':
      return [`a whole emulated ${fix.arch} computer`];
    case 'switch-on':
    case 'advice':
      return [];
  }
}
