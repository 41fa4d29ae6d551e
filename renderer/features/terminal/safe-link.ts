/** Opens a link which a program in the VM wrote, if it is one a browser may be given. */
export function openSafeLink(text: string): void {
  const url = safeLink(text);
  if (url !== null) window.open(url, '_blank', 'noopener,noreferrer');
}

/** The address when it is http(s), else null: terminals are full of what others wrote. */
export function safeLink(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : null;
}
