import type { Settings } from '../../../contract/records.ts';
import { Card } from '../../ui/card.tsx';
import { SettingsToggle } from './settings-toggle.tsx';

/** Who can reach what containers publish. Takes effect at once, for running containers, too. */
export function PortSettings({ settings }: { settings: Settings }) {
  return (
    <Card title="Published ports">
      <SettingsToggle
        settings={settings}
        name="sharePorts"
        label="Share on my network"
        note={
          <>
            Off, a port published as <code className="font-mono text-ink">-p 8080:80</code> answers on this
            computer alone. On, every device in your network reaches it at this computer’s IPv4 addresses,
            unless a firewall is in between. A port published with an address, as in{' '}
            <code className="font-mono text-ink">-p 127.0.0.1:8080:80</code>, stays on that one either way.
          </>
        }
      />
    </Card>
  );
}
