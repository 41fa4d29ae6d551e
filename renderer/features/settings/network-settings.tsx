import type { Settings } from '../../../contract/records.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Card } from '../../ui/card.tsx';
import { Switch } from '../../ui/switch.tsx';
import { CertificateSettings } from './certificate-settings.tsx';
import { MirrorSettings } from './mirror-settings.tsx';
import { ProxySettings } from './proxy-settings.tsx';
import { saveSettings, savingKey } from './save-settings.ts';
import { useHostNetwork } from './use-host-network.ts';

/** How the VM sees the network around this computer. Each part applies at once, also in a VM that runs. */
export function NetworkSettings({ settings }: { settings: Settings }) {
  const look = useHostNetwork(settings);
  const saving = usePending(savingKey);
  const unavailable = useUnavailable();
  return (
    <>
      <Card
        title="Network"
        note="Applies at once in a VM that runs. Docker starts anew for a proxy or an authority; containers go on."
      >
        <div className="divide-y divide-line">
          <div className="flex items-center justify-between gap-8 py-3">
            <div>
              <p className="font-medium">Containers may reach services of this computer</p>
              <p className="text-sm text-muted">
                What listens on its loopback address, as{' '}
                <code className="font-mono">host.docker.internal</code>. A privileged container can open this
                by itself.
              </p>
            </div>
            <Switch
              label="Containers may reach services of this computer"
              checked={settings.hostAccess}
              busy={saving}
              disabled={unavailable !== undefined}
              onChange={(hostAccess) => void saveSettings({ hostAccess }, settings)}
            />
          </div>
          <ProxySettings settings={settings} host={look.network?.proxy ?? null} />
          <MirrorSettings settings={settings} />
        </div>
      </Card>
      <CertificateSettings settings={settings} look={look} />
    </>
  );
}
