import type { ReactNode } from 'react';
import type { Settings } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Switch } from '../../ui/switch.tsx';
import { saveSettings, savingKey } from './save-settings.ts';

export interface SettingsToggleProps {
  settings: Settings;
  name: { [K in keyof Settings]: Settings[K] extends boolean ? K : never }[keyof Settings];
  label: string;
  note: ReactNode;
}

/** A setting which is on or off, and takes effect at once. */
export function SettingsToggle({ settings, name, label, note }: SettingsToggleProps) {
  const saving = usePending(savingKey);
  const unavailable = useUnavailable();
  return (
    <div className="flex items-center justify-between gap-8 py-3">
      <div>
        <p className="font-medium">{label}</p>
        <p className="text-sm text-muted">{note}</p>
      </div>
      <Switch
        label={label}
        checked={settings[name]}
        busy={saving}
        disabled={unavailable !== undefined}
        onChange={(on) => void saveSettings({ [name]: on }, settings)}
      />
    </div>
  );
}
