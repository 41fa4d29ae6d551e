import { enterNamespace } from './namespace-script.ts';

export interface ServerCommandInput {
  /** How virtiofsd is started, its loader included. */
  readonly virtiofsd: readonly string[];
  /** The folder which the guest's device shows, empty on the host. */
  readonly root: string;
  readonly socketPath: string;
  /** Whom the engine runs as. */
  readonly user: { readonly uid: number; readonly gid: number };
}

/** Every number a guest may know a user by but the last, which stands for none (chown(2)). */
const allIds = 4_294_967_295;

/**
 * virtiofsd in a mount namespace of its own. The superuser's shows files as they are. A person's is in a user namespace
 * as well, where the person's number is the only one there is: whoever the guest says writes, the person writes, and
 * what is the person's shows as theirs by its real number, so `--user $(id -u)` means the same as without a VM.
 */
export function serverCommand({ virtiofsd, root, socketPath, user }: ServerCommandInput): string[] {
  const superuser = user.uid === 0;
  return [
    'unshare',
    ...(superuser ? [] : ['--user', '--map-root-user']),
    ...['--mount', '--propagation', 'slave'],
    ...['/bin/sh', '-c', enterNamespace, 'sh', root],
    ...virtiofsd,
    ...['--socket-path', socketPath, '--shared-dir', root],
    // It sees the folder alone, and has no right that a person has not.
    ...['--sandbox', 'chroot', '--log-level', 'warn'],
    ...(superuser ? asSuperuser : asPerson(user)),
    // A VM is suspended with what its programs have open. Files are found again by their paths; one that is gone gives
    // errors to who had it open, and nothing else suffers. Not checked by file handle: the root is a new file system.
    ...['--migration-mode', 'find-paths', '--migration-on-error', 'guest-error'],
  ];
}

/** Kernel handles in the place of open files, of which 100,000 might be too many. */
const asSuperuser = ['--inode-file-handles=prefer', '--modcaps', '+dac_read_search'];

function asPerson({ uid, gid }: ServerCommandInput['user']): string[] {
  return [
    ...['--translate-uid', `squash-guest:0:0:${allIds}`, '--translate-uid', `squash-host:0:${uid}:1`],
    ...['--translate-gid', `squash-guest:0:0:${allIds}`, '--translate-gid', `squash-host:0:${gid}:1`],
    // What the shell in front has set.
    ...['--rlimit-nofile', '0'],
  ];
}

/** Runs a command in the namespace of the server `pid`. Only who made a user namespace has all rights in it. */
export function inNamespaceOf(pid: number, { uid }: ServerCommandInput['user']): string[] {
  const user = uid === 0 ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', '--target', String(pid), ...user, '--mount', '--'];
}
