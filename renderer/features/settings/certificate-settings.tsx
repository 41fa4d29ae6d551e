import { FileUp, Trash2 } from 'lucide-react';
import { type ChangeEvent, useId, useRef, useState } from 'react';
import type { WireError } from '../../../contract/errors.ts';
import type { Certificate } from '../../../contract/host-network.ts';
import type { Settings } from '../../../contract/records.ts';
import { attempt } from '../../state/attempt.ts';
import { usePending, useUnavailable } from '../../state/hooks.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorPanel } from '../../ui/error-panel.tsx';
import { IconButton } from '../../ui/icon-button.tsx';
import { plainText } from '../../ui/text/plain-text.ts';
import { Untrusted } from '../../ui/untrusted.tsx';
import { saveSettings, savingKey } from './save-settings.ts';
import type { HostNetworkLook } from './use-host-network.ts';

export interface CertificateSettingsProps {
  settings: Settings;
  look: HostNetworkLook;
}

const readKey = 'host-network:read-certificates';

/** Authorities which the VM trusts besides Debian's: from a file, or the ones this computer trusts itself. */
export function CertificateSettings({ settings, look }: CertificateSettingsProps) {
  const [error, setError] = useState<WireError | null>(null);
  const saving = usePending(savingKey);
  const unavailable = useUnavailable();
  const shownError = error ?? look.error;
  const trusted = look.network?.trusted ?? [];
  const known = new Set(trusted.map(({ sha256 }) => sha256));
  const offered = (look.network?.certificates ?? []).filter(({ sha256 }) => !known.has(sha256));
  const add = async (more: readonly Certificate[]): Promise<void> => {
    const fresh = more.filter(({ sha256 }) => !known.has(sha256)).map(({ pem }) => pem);
    if (fresh.length === 0) return;
    await saveSettings({ caCertificates: [...settings.caCertificates, ...fresh] }, settings);
  };
  const addFile = async (file: File): Promise<void> => {
    const text = await file.text();
    const outcome = await attempt(readKey, (client) => client.hostNetwork.readCertificates({ text }));
    setError(outcome && !outcome.ok ? outcome.error : null);
    if (outcome?.ok) await add(outcome.value);
  };
  return (
    <Card
      title="Certificate authorities"
      note="Trusted by Docker and programs in the VM, besides Debian’s."
      actions={<FileButton busy={saving} unavailable={unavailable} onFile={(file) => void addFile(file)} />}
    >
      {shownError ? (
        <ErrorPanel message={shownError.message} hint={shownError.hint} details={shownError.details} />
      ) : null}
      {trusted.length === 0 ? (
        <p className="text-muted">
          None added. Docker refuses registries and proxies of a company’s own authority.
        </p>
      ) : (
        <ul aria-label="Certificate authorities" className="divide-y divide-line">
          {trusted.map((certificate, at) => (
            <li key={certificate.sha256} className="flex items-start gap-4 py-2">
              <CertificateWords certificate={certificate} />
              <IconButton
                label={`Remove ${plainText(certificate.subject)}`}
                icon={<Trash2 aria-hidden className="size-4" />}
                unavailable={unavailable}
                busy={saving}
                onClick={() =>
                  void saveSettings(
                    { caCertificates: settings.caCertificates.filter((_pem, index) => index !== at) },
                    settings,
                  )
                }
              />
            </li>
          ))}
        </ul>
      )}
      {offered.length > 0 ? (
        <div className="mt-2 flex flex-wrap items-center justify-between gap-x-8 gap-y-2 border-t border-line pt-3">
          <div className="min-w-0 flex-1 basis-60">
            <p>This computer trusts {offered.length === 1 ? 'one more' : `${offered.length} more`}</p>
            <p className="text-sm wrap-anywhere text-muted">
              <Untrusted text={offered.map(({ subject }) => commonName(subject)).join(' · ')} />
            </p>
          </div>
          <Button busy={saving} unavailable={unavailable} onClick={() => void add(offered)}>
            {offered.length === 1 ? 'Trust it in the VM' : 'Trust them in the VM'}
          </Button>
        </div>
      ) : null}
    </Card>
  );
}

function CertificateWords({ certificate }: { certificate: Certificate }) {
  const { subject, issuer, expiresAt, sha256 } = certificate;
  const expired = expiresAt <= Date.now();
  return (
    <div className="min-w-0 flex-1">
      <p className="font-medium wrap-anywhere">
        <Untrusted text={commonName(subject)} />
      </p>
      <p className="text-sm wrap-anywhere text-muted">
        {issuer === subject ? '' : <Untrusted text={`by ${commonName(issuer)} · `} />}
        <span className={expired ? 'text-bad' : undefined}>
          {expired ? 'expired' : 'valid until'} {new Date(expiresAt).toISOString().slice(0, 10)}
        </span>
        {' · SHA-256 '}
        <code className="font-mono">{sha256.slice(0, 16)}…</code>
      </p>
    </div>
  );
}

interface FileButtonProps {
  busy: boolean;
  unavailable: string | undefined;
  onFile: (file: File) => void;
}

/** A button which opens the browser's file dialog. */
function FileButton({ busy, unavailable, onFile }: FileButtonProps) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const choose = (event: ChangeEvent<HTMLInputElement>): void => {
    const file = event.target.files?.[0];
    // The same file may be chosen again after it was corrected.
    event.target.value = '';
    if (file) onFile(file);
  };
  return (
    <>
      <input
        ref={input}
        id={id}
        type="file"
        hidden
        aria-label="File with certificates"
        accept=".pem,.crt,.cer,application/x-pem-file,application/x-x509-ca-cert"
        onChange={choose}
      />
      <Button
        size="sm"
        busy={busy}
        unavailable={unavailable}
        icon={<FileUp aria-hidden className="size-3.5" />}
        onClick={() => input.current?.click()}
      >
        Add from a file
      </Button>
    </>
  );
}

/** `CN=` of a name, or all of it where it has none. */
function commonName(name: string): string {
  return /(?:^|, )CN=([^,]+)/.exec(name)?.[1] ?? name;
}
