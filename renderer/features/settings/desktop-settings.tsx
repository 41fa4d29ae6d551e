import type { OnQuit } from '../../../contract/desktop.ts';
import type { Settings } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { Switch } from '../../ui/switch.tsx';
import { saveSettings, savingKey } from './save-settings.ts';

export interface DesktopSettingsProps {
  settings: Settings;
  /** This is the desktop app's window, and not a browser's. */
  isDesktop: boolean;
}

const onQuitWords: Record<OnQuit, { label: string; note: string }> = {
  ask: { label: 'Ask', note: 'Each time a VM runs.' },
  'leave-running': {
    label: 'Leave them running',
    note: 'Docker goes on; the app finds them when it starts again.',
  },
  stop: { label: 'Stop them', note: 'Suspended or shut down, as chosen under Resources.' },
};

/** Each takes effect at once, and can be taken back from the message about it. */
export function DesktopSettings({ settings, isDesktop }: DesktopSettingsProps) {
  return (
    <Card title="Desktop" note={isDesktop ? undefined : elsewhere}>
      <div className="divide-y divide-line">
        <Toggle
          settings={settings}
          name="openAtLogin"
          label="Open at login"
          note="The app starts when you log in."
        />
        <Toggle
          settings={settings}
          name="stayInTray"
          label="Stay in the tray"
          note="Opened at login it shows no window, and closing the window leaves it in the tray."
        />
        <Toggle
          settings={settings}
          name="notify"
          label="Tell me about failures"
          note="When a container fails and the doctor knows why."
        />
        <div className="pt-3">
          <Choice
            label="VMs that run when the app quits"
            value={settings.onQuit}
            onChange={(onQuit) => void saveSettings({ onQuit }, settings)}
            options={(['ask', 'leave-running', 'stop'] as const).map((value) => ({
              value,
              ...onQuitWords[value],
            }))}
          />
        </div>
      </div>
    </Card>
  );
}

export function UpdateSettings({ settings, isDesktop }: DesktopSettingsProps) {
  return (
    <Card title="Updates" note={isDesktop ? undefined : elsewhere}>
      <Toggle
        settings={settings}
        name="checkForUpdates"
        label="Look for a newer version"
        note="Once a day. A build which names no place for updates asks nobody."
      />
    </Card>
  );
}

const elsewhere = 'The desktop app carries these out; a browser does nothing by them.';

interface ToggleProps {
  settings: Settings;
  name: 'openAtLogin' | 'stayInTray' | 'notify' | 'checkForUpdates';
  label: string;
  note: string;
}

function Toggle({ settings, name, label, note }: ToggleProps) {
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
