import { buildCpio, type CpioEntry, cpioMode } from './cpio.ts';

export interface GuestSecrets {
  /** One line in OpenSSH's public format: who may log in as root. */
  readonly authorizedKey: string;
  /** OpenSSH's private key format. */
  readonly hostPrivateKey: string;
  readonly hostPublicKey: string;
  readonly hostname: string;
  /** Read by the guest's init as `key=value` lines; values are single lines. */
  readonly settings: Readonly<Record<string, string>>;
  /** More files of its own folder `foredeck`, which folders come before. */
  readonly more?: readonly CpioEntry[];
}

/** What one VM's guest must know, as a cpio to be put behind the initrd; the guest's init moves it where it belongs. */
export function buildSecretsCpio(secrets: GuestSecrets): Uint8Array {
  const settings = Object.entries(secrets.settings).map(([key, value]) => {
    if (!/^[a-z][a-z0-9_]*$/.test(key) || /[\r\n]/.test(value)) {
      throw new TypeError(`not a guest setting: ${key}=${value}`);
    }
    return `${key}=${value}\n`;
  });
  const file = (name: string, text: string, permissions: number) => ({
    path: `foredeck/${name}`,
    mode: cpioMode.file | permissions,
    content: Buffer.from(text),
  });
  return buildCpio([
    { path: 'foredeck', mode: cpioMode.directory | 0o700 },
    file('authorized_keys', closedLine(secrets.authorizedKey), 0o600),
    file('ssh_host_ed25519_key', closedLine(secrets.hostPrivateKey), 0o600),
    file('ssh_host_ed25519_key.pub', closedLine(secrets.hostPublicKey), 0o644),
    file('hostname', closedLine(secrets.hostname), 0o644),
    file('settings', settings.join(''), 0o600),
    ...(secrets.more ?? []),
  ]);
}

/** sshd refuses a private key file without a closing newline. */
function closedLine(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`;
}
