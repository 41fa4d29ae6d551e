import type { Process } from '../../contract/process-tree.ts';
import { plainText } from '../ui/text/plain-text.ts';

/**
 * What a search shows: processes that hold every one of its words somewhere in their command line as started, name,
 * pid, architecture, kind of execution, emulator or container's name. Null for a search without words.
 */
export function processSearch(
  search: string,
  containerName: (id: string) => string,
): ((process: Process) => boolean) | null {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return null;
  return (process) => {
    const { pid, argv, rawArgv, comm, arch, execution, emulator, containerId } = process;
    const name = containerId === null ? 'vm' : containerName(containerId);
    const text = [pid, ...argv, ...rawArgv, comm, arch, execution, emulator, name].join(' ');
    const plain = plainText(text).toLowerCase();
    return words.every((word) => plain.includes(word));
  };
}
