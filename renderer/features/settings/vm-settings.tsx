import { type FormEvent, useState } from 'react';
import type { Settings } from '../../../contract/records.ts';
import { usePending, useServiceVm, useUnavailable } from '../../state/hooks.ts';
import { perform } from '../../state/perform.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { controlLook } from '../../ui/control-look.ts';
import { Field, type FieldProps } from '../../ui/field.tsx';
import { Switch } from '../../ui/switch.tsx';
import { acceleratorWords, stopByWords } from '../../vocabulary/vm-words.ts';
import { saveSettings, savingKey } from './save-settings.ts';
import { draftOf, readDraft, type SettingsDraft } from './settings-draft.ts';

export interface VmSettingsProps {
  settings: Settings;
  /** Anchor of the first section. */
  resourcesId: string;
}

const accelerators: readonly { value: Settings['accelerator']; label: string }[] = [
  { value: 'auto', label: 'The best one proved here' },
  { value: 'kvm', label: acceleratorWords.kvm },
  { value: 'hvf', label: acceleratorWords.hvf },
  { value: 'tcg', label: acceleratorWords.tcg },
];

/**
 * The draft is the form's own until it is saved; undo goes back to what the engine has. After saving, the message
 * takes it back for a while, but for a disk that has grown.
 */
export function VmSettings({ settings, resourcesId }: VmSettingsProps) {
  const [draft, setDraft] = useState<SettingsDraft | null>(null);
  const saving = usePending(savingKey);
  const unavailable = useUnavailable();
  const vm = useServiceVm();
  // The disk may have grown since the setting was made.
  const saved = vm ? { ...settings, diskGiB: Math.round(vm.diskBytes / bytesPerGiB) } : settings;
  const shown = draft ?? draftOf(saved);
  const { change, problems } = readDraft(shown, saved);
  if (change.diskGiB !== undefined && vm?.state === 'suspended') problems.diskGiB = suspendedDisk;
  const invalid = Object.keys(problems).length > 0;
  const dirty = invalid || Object.keys(change).length > 0;
  const edit = (part: Partial<SettingsDraft>): void => setDraft({ ...shown, ...part });
  const save = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!dirty || invalid || unavailable) return;
    const { diskGiB, ...others } = change;
    if (diskGiB !== undefined && vm) {
      const grown = await perform(savingKey, (client) => client.vm.growDisk({ vm: vm.name, diskGiB }));
      if (!grown) return;
    }
    if (Object.keys(others).length > 0 && !(await saveSettings(others, settings))) return;
    setDraft(null);
  };
  return (
    <form noValidate onSubmit={(event) => void save(event)} className="flex flex-col gap-4">
      <div id={resourcesId} className="scroll-mt-4">
        <Card title="Resources" note="Of the virtual machine, and how it starts and stops.">
          <div className="divide-y divide-line">
            <TextField
              label="Processors"
              description="Empty: chosen from this computer’s cores."
              problem={problems.cpus}
              inputMode="numeric"
              placeholder={chosenForMe}
              value={shown.cpus}
              onChange={(cpus) => edit({ cpus })}
            />
            <TextField
              label="Memory in MiB"
              description="Empty: chosen from this computer’s memory."
              problem={problems.memoryMiB}
              inputMode="numeric"
              placeholder={chosenForMe}
              value={shown.memoryMiB}
              onChange={(memoryMiB) => edit({ memoryMiB })}
            />
            <TextField
              label="Data disk in GiB"
              description="At most; it takes only what is used. It can be made larger, never smaller."
              problem={problems.diskGiB}
              inputMode="numeric"
              value={shown.diskGiB}
              onChange={(diskGiB) => edit({ diskGiB })}
            />
            <Field
              label="Accelerator"
              description="What runs the VM’s processors. Each is tried with the real kernel before it is trusted."
              problem={problems.accelerator}
            >
              {(control) => (
                <select
                  {...control}
                  className={controlLook}
                  value={shown.accelerator}
                  onChange={(event) => {
                    const chosen = accelerators.find(({ value }) => value === event.target.value);
                    if (chosen) edit({ accelerator: chosen.value });
                  }}
                >
                  {accelerators.map(({ value, label }) => (
                    <option key={value} value={value}>
                      {label}
                    </option>
                  ))}
                </select>
              )}
            </Field>
            <div className="flex items-center justify-between gap-8 py-3">
              <div>
                <p className="font-medium">Start with Foredeck</p>
                <p className="text-sm text-muted">The VM starts as soon as the engine does.</p>
              </div>
              <Switch
                label="Start with Foredeck"
                checked={shown.autoStart}
                onChange={(autoStart) => edit({ autoStart })}
              />
            </div>
            <div className="py-3">
              <Choice
                label="When stopped or quitting"
                value={shown.stopBy}
                onChange={(stopBy) => edit({ stopBy })}
                options={(['suspend', 'shut-down'] as const).map((value) => ({
                  value,
                  label: stopByWords[value].word,
                  note: `${stopByWords[value].gain} ${stopByWords[value].price}`,
                }))}
              />
            </div>
          </div>
        </Card>
      </div>
      <Card title="Guest image">
        <TextField
          label="Debian mirror"
          description="Asked first when the guest image is composed; checked against Debian’s signature. Empty: this computer’s own, then a public one."
          problem={problems.mirror}
          inputMode="url"
          placeholder={chosenForMe}
          value={shown.mirror}
          onChange={(mirror) => edit({ mirror })}
        />
      </Card>
      <div className="sticky bottom-0 z-10 flex min-h-13 flex-wrap items-center gap-2 rounded-lg border border-line bg-surface px-4 py-2 shadow-card">
        <p role="status" className="text-sm text-muted">
          {vm && vm.state !== 'stopped' && vm.state !== 'absent'
            ? 'Processors, memory and accelerator apply at the VM’s next start.'
            : ''}
        </p>
        <div className="ml-auto flex gap-2">
          <Button unavailable={dirty ? undefined : 'Nothing has been changed'} onClick={() => setDraft(null)}>
            Undo
          </Button>
          <Button
            type="submit"
            kind="primary"
            busy={saving}
            unavailable={
              unavailable ??
              (invalid ? 'Something above cannot be used' : dirty ? undefined : 'Nothing has been changed')
            }
          >
            Save
          </Button>
        </div>
      </div>
    </form>
  );
}

const bytesPerGiB = 1024 ** 3;

const suspendedDisk =
  'Not while the VM is suspended: its saved memory fits the disk as it is. Resume it first.';

const chosenForMe = 'Chosen for me';

interface TextFieldProps extends Omit<FieldProps, 'children'> {
  inputMode: 'numeric' | 'url';
  placeholder?: string;
  value: string;
  onChange: (value: string) => void;
}

/** A setting that is typed. */
function TextField({ inputMode, placeholder, value, onChange, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(control) => (
        <input
          {...control}
          className={controlLook}
          inputMode={inputMode}
          spellCheck={false}
          placeholder={placeholder}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      )}
    </Field>
  );
}
