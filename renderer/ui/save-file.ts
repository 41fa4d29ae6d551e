import { plainText } from './text/plain-text.ts';

/** Characters; every file system takes as many. */
const longestName = 120;

/** How long the browser may take to begin reading what it saves. */
const keptMs = 60_000;

/** Hands bytes to the browser to be saved under a name, as any download. */
export function saveFile(name: string, parts: readonly BlobPart[]): void {
  const url = URL.createObjectURL(new Blob([...parts], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = safeName(name);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), keptMs);
}

/** Without what acts on the text around it, or is part of a path somewhere. */
function safeName(name: string): string {
  const plain = plainText(name).replaceAll(/[/\\:*?"<>|]/g, '_');
  return plain.replace(/^\.+/, '_').slice(0, longestName) || 'download';
}
