import type { FileEntry, FileList } from '../../../contract/container-files.ts';
import type { Container } from '../../../contract/records.ts';
import { EngineError } from '../../base/engine-error.ts';
import type { GuestLink } from '../../vm/ports.ts';
import type { DockerConnection } from '../docker-connection.ts';
import { explainDockerError } from '../docker-error.ts';
import { fileScript } from './file-script.ts';

/** More than anybody looks through; the rest is counted. */
const maxEntries = 5_000;

/** Folders are read at once; one on a file system that hangs must not hold anybody up. */
const listTimeoutMs = 15_000;

/** Names of 255 bytes and links of 4 kB each fit. */
const maxOutputBytes = 32 * 1024 * 1024;

/** File types in `st_mode`. Source: inode(7). */
const typeBits = 0o170_000;
const kinds = new Map<number, FileEntry['kind']>([
  [0o140_000, 'socket'],
  [0o120_000, 'link'],
  [0o100_000, 'file'],
  [0o060_000, 'device'],
  [0o040_000, 'folder'],
  [0o020_000, 'device'],
  [0o010_000, 'pipe'],
]);

/** A folder of a running container. Throws `wrong_state` while it does not run, `unknown_file` for what is no folder. */
export async function listFiles(
  { docker, link, signal }: DockerConnection,
  container: Pick<Container, 'id' | 'name'>,
  path: string,
): Promise<FileList> {
  const { id, name } = container;
  let pid: number;
  try {
    pid = (await docker.getContainer(id).inspect({ abortSignal: signal })).State.Pid;
  } catch (thrown) {
    throw explainDockerError(thrown, `Container "${name}" cannot be inspected`);
  }
  if (!(pid > 0)) throw notRunning(name);
  return await readFolder(link, { folder: `/proc/${pid}`, id, path, name });
}

/** `folder` is the process's in /proc, or one that looks like it. */
export async function readFolder(
  link: Pick<GuestLink, 'exec'>,
  { folder, id, path, name }: { folder: string; id: string; path: string; name: string },
): Promise<FileList> {
  const { code, stdout, stderr } = await link.exec(
    ['perl', '-e', fileScript, folder, id, path, String(maxEntries)],
    { timeoutMs: listTimeoutMs, maxOutputBytes },
  );
  const fields = stdout.split('\0');
  const [outcome, first = '', omitted = '0'] = fields;
  if (outcome === 'ok') {
    return { path: first, entries: entriesOf(fields.slice(3)), omitted: Number(omitted) };
  }
  if (outcome === 'failed' && first === 'gone') throw notRunning(name);
  if (outcome === 'failed') {
    throw new EngineError({
      code: 'unknown_file',
      message: `"${path}" in container "${name}" cannot be listed: ${first.toLowerCase()}.`,
      hint: 'It may have been moved or removed meanwhile; go up a folder.',
    });
  }
  throw new EngineError({
    code: 'guest_command_failed',
    message: `The VM did not list the files of container "${name}": ${stderr.trim() || `exit code ${code}`}.`,
    hint: 'Try again. If it stays, the VM is out of memory or its image lacks perl-base.',
  });
}

const fieldsOfEach = 8;

function entriesOf(fields: readonly string[]): FileEntry[] {
  const entries: FileEntry[] = [];
  for (let at = 0; at + fieldsOfEach <= fields.length; at += fieldsOfEach) {
    const [name = '', mode, size, changed, uid, gid, target = '', leadsTo = ''] = fields.slice(at);
    const bits = Number(mode);
    const kind = kinds.get(bits & typeBits);
    if (kind === undefined) continue;
    entries.push({
      name,
      kind,
      sizeBytes: Number(size),
      modifiedAt: Number(changed) * 1_000,
      mode: bits & 0o7777,
      uid: Number(uid),
      gid: Number(gid),
      target: kind === 'link' ? target : null,
      leadsTo: leadsTo === 'folder' || leadsTo === 'file' ? leadsTo : null,
    });
  }
  const isFolder = ({ kind, leadsTo }: FileEntry): boolean => kind === 'folder' || leadsTo === 'folder';
  return entries.sort(
    (a, b) => Number(isFolder(b)) - Number(isFolder(a)) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
}

function notRunning(name: string): EngineError {
  return new EngineError({
    code: 'wrong_state',
    message: `Container "${name}" does not run, so its folders cannot be listed.`,
    hint: 'Start it, or download a file or a whole folder by its path: that works without it running.',
  });
}
