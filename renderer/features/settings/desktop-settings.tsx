import type { OnQuit } from '../../../contract/desktop.ts';
import type { Settings } from '../../../contract/records.ts';
import { Card } from '../../ui/card.tsx';
import { Choice } from '../../ui/choice.tsx';
import { saveSettings } from './save-settings.ts';
import { SettingsToggle } from './settings-toggle.tsx';

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
        <SettingsToggle
          settings={settings}
          name="openAtLogin"
          label="Open at login"
          note="The app starts when you log in."
        />
        <SettingsToggle
          settings={settings}
          name="stayInTray"
          label="Stay in the tray"
          note="Opened at login it shows no window, and closing the window leaves it in the tray."
        />
        <SettingsToggle
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
      <SettingsToggle
        settings={settings}
        name="checkForUpdates"
        label="Look for a newer version"
        note="Once a day. A build which names no place for updates asks nobody."
      />
    </Card>
  );
}

const elsewhere = 'The desktop app carries these out; a browser does nothing by them.';
