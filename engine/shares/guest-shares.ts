import { EngineError } from '../base/engine-error.ts';
import type { GuestLink } from '../vm/ports.ts';
import type { ShareMount } from './share-mounts.ts';

/** An emulated guest under load starts a dozen small programs in a second or two. */
const timeoutMs = 30_000;

/**
 * Has the guest mount what its device shows, `changed` anew. Answers the problem of each folder that is not mounted
 * then, by path, or null as long as the guest has not found the device. A folder counts as mounted when the guest reads the inode number which the host has for it.
 */
export async function mountInGuest(
  link: GuestLink,
  options: { mounts: readonly ShareMount[]; changed: readonly string[]; signal: AbortSignal },
): Promise<Map<string, EngineError> | null> {
  const { mounts, changed, signal } = options;
  const argv = ['/usr/lib/foredeck/mount-shares', ...changed];
  const { code, stdout, stderr } = await link.exec(argv, { signal, timeoutMs });
  if (code === 0 && stdout === '') return null;
  const seen = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const space = line.indexOf(' ');
    if (space > 0) seen.set(line.slice(space + 1), line.slice(0, space));
  }
  const problems = new Map<string, EngineError>();
  for (const { kind, path, identity } of mounts) {
    if (kind === 'l' || seen.get(path) === inodeOf(identity)) continue;
    problems.set(
      path,
      new EngineError({
        code: 'share_failed',
        message: seen.has(path)
          ? `The VM sees another folder at ${path} than the host has.`
          : `The VM could not mount ${path}.`,
        hint: 'Share it again to try again, or restart the VM.',
        details: { guest: stderr.trim().slice(-1_000) },
      }),
    );
  }
  return problems;
}

/** Who comes now finds nothing instead of waiting for a server that is gone. Never rejects: the guest may be gone, too. */
export async function dropInGuest(link: GuestLink, signal: AbortSignal): Promise<void> {
  await link.exec(['/usr/lib/foredeck/drop-shares'], { signal, timeoutMs }).catch(() => undefined);
}

function inodeOf(identity: string): string {
  return identity.slice(identity.indexOf(':') + 1);
}
