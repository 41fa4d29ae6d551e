import { type FormEvent, useState } from 'react';
import { RegistryMirror } from '../../../contract/host-network.ts';
import type { Settings } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/text-field.tsx';
import { saveSettings, savingKey } from './save-settings.ts';

/** Mirrors of Docker Hub, one a line. */
export function MirrorSettings({ settings }: { settings: Settings }) {
  const [draft, setDraft] = useState<string | null>(null);
  const saving = usePending(savingKey);
  const unavailable = useUnavailable();
  const saved = settings.registryMirrors.join('\n');
  const text = draft ?? saved;
  const mirrors = text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const unusable = mirrors.find((mirror) => !RegistryMirror.safeParse(mirror).success);
  const problem =
    unusable !== undefined
      ? `${unusable}: an https address, or http of this computer’s own, without a user.`
      : mirrors.length > mostMirrors
        ? `${mostMirrors} at most.`
        : undefined;
  const changed = mirrors.join('\n') !== saved;
  const obstacle =
    unavailable ??
    (problem === undefined
      ? changed
        ? undefined
        : 'Nothing has been changed'
      : 'Something above cannot be used');
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (obstacle === undefined && (await saveSettings({ registryMirrors: mirrors }, settings)))
      setDraft(null);
  };
  return (
    <form noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-2 py-3">
      <TextField
        label="Registry mirrors"
        description="Asked before Docker Hub, one a line: https, or http of this computer’s own such as http://127.0.0.1:5000."
        problem={problem}
        lines={2}
        placeholder="https://mirror.example.org"
        value={text}
        onChange={setDraft}
      />
      <div className="flex justify-end">
        <Button type="submit" busy={saving} unavailable={obstacle}>
          Save mirrors
        </Button>
      </div>
    </form>
  );
}

/** As the contract has it. */
const mostMirrors = 8;
